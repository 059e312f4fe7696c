/** Keeps the frame standing when a page breaks: after an upgrade an open tab asks for files that are no more. */
import { Button } from '@mantine/core';
import { Component, type ReactNode } from 'react';
import { dictionary, useWords } from '../language.tsx';
import { Empty } from './empty.tsx';

const words = dictionary(
  {
    title: 'This page could not be shown',
    how: 'There may be a newer version of the console.',
    reload: 'Load it anew',
  },
  { title: '无法显示此页面', how: '控制台可能已更新。', reload: '重新加载' },
);

interface BoundaryProps {
  readonly children: ReactNode;
}

export class Boundary extends Component<BoundaryProps, { readonly broken: boolean }> {
  override state = { broken: false };

  static getDerivedStateFromError(): { broken: boolean } {
    return { broken: true };
  }

  override render(): ReactNode {
    return this.state.broken ? <Broken /> : this.props.children;
  }
}

function Broken() {
  const t = useWords(words);
  return (
    <div role="alert">
      <Empty title={t.title}>
        {t.how}
        <Button display="block" mx="auto" mt="md" onClick={() => location.reload()}>
          {t.reload}
        </Button>
      </Empty>
    </div>
  );
}
