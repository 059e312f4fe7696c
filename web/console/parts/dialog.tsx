/** Windows over the page, whose close button says what it does. */
import { Drawer, type DrawerProps, Modal, type ModalProps } from '@mantine/core';
import { dictionary, useWords } from '../language.tsx';

const words = dictionary({ close: 'Close' }, { close: '关闭' });

export function Dialog(props: ModalProps) {
  const t = useWords(words);
  return <Modal {...props} closeButtonProps={{ 'aria-label': t.close }} />;
}

export function SidePanel(props: DrawerProps) {
  const t = useWords(words);
  return <Drawer position="right" size="xl" {...props} closeButtonProps={{ 'aria-label': t.close }} />;
}
