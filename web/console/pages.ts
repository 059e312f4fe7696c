/** The pages, in the order of the menu. Each loads when it is opened first. */
import {
  type Icon,
  IconActivity,
  IconCards,
  IconChartFunnel,
  IconFilter,
  IconKey,
  IconRoute,
  IconSettings,
  IconShieldLock,
  IconSparkles,
  IconUsers,
} from '@tabler/icons-react';
import { type ComponentType, type LazyExoticComponent, lazy } from 'react';

export interface Page {
  readonly path: string;
  readonly name: keyof typeof import('./words.ts').words.en;
  readonly icon: Icon;
  readonly content: LazyExoticComponent<ComponentType>;
}

export const pages: readonly Page[] = [
  { path: '/', name: 'live', icon: IconActivity, content: lazy(() => import('./pages/live/page.tsx')) },
  {
    path: '/people',
    name: 'people',
    icon: IconUsers,
    content: lazy(() => import('./pages/people/page.tsx')),
  },
  {
    path: '/segments',
    name: 'segments',
    icon: IconFilter,
    content: lazy(() => import('./pages/segments/page.tsx')),
  },
  {
    path: '/recommendations',
    name: 'recommendations',
    icon: IconCards,
    content: lazy(() => import('./pages/recommendations/page.tsx')),
  },
  {
    path: '/funnel',
    name: 'funnel',
    icon: IconChartFunnel,
    content: lazy(() => import('./pages/funnel/page.tsx')),
  },
  {
    path: '/models',
    name: 'models',
    icon: IconSparkles,
    content: lazy(() => import('./pages/models/page.tsx')),
  },
  {
    path: '/pipeline',
    name: 'pipeline',
    icon: IconRoute,
    content: lazy(() => import('./pages/pipeline/page.tsx')),
  },
  {
    path: '/privacy',
    name: 'privacy',
    icon: IconShieldLock,
    content: lazy(() => import('./pages/privacy/page.tsx')),
  },
  {
    path: '/sources',
    name: 'sources',
    icon: IconKey,
    content: lazy(() => import('./pages/sources/page.tsx')),
  },
  {
    path: '/settings',
    name: 'settings',
    icon: IconSettings,
    content: lazy(() => import('./pages/settings/page.tsx')),
  },
];
