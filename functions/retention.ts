/** How long each store keeps what it holds, whether that is about people, and why. Typed by the map: no store can be missing. */
import { type FolderName, folders, type StreamName, type TableName } from './chain.ts';

export interface Retention {
  /** `table:NAME`, `folder:NAME` or `stream:NAME`. */
  readonly store: string;
  readonly personal: boolean;
  /** undefined: until it is erased or deleted. */
  readonly days: number | undefined;
  readonly holds: { readonly en: string; readonly zh: string };
}

type Row = Omit<Retention, 'store'>;

const row = (personal: boolean, days: number | undefined, en: string, zh: string): Row => ({
  personal,
  days,
  holds: { en, zh },
});

/** Streams keep records for a day on AWS; on one machine they are trimmed as soon as everybody has read them. */
const STREAM_DAYS = 1;

const streams: Readonly<Record<StreamName, Row>> = {
  clickstream: row(
    true,
    STREAM_DAYS,
    'Events as they came, until they are processed.',
    '收到的原始事件，处理前保留。',
  ),
  events: row(true, STREAM_DAYS, 'Cleaned events, until they are processed.', '清洗后的事件，处理前保留。'),
  changes: row(true, STREAM_DAYS, 'Word that a profile changed.', '档案变更通知。'),
  memberships: row(
    true,
    STREAM_DAYS,
    'Word that somebody entered or left a segment.',
    '进入或离开人群的通知。',
  ),
};

const tables: Readonly<Record<TableName, Row>> = {
  profiles: row(
    true,
    undefined,
    'Profiles with consent, and scores: to know a customer again.',
    '客户档案、同意记录和评分，用于识别客户。',
  ),
  segments: row(true, undefined, 'Segments and who is in them.', '人群及其成员。'),
  destinations: row(
    true,
    8,
    'What waits for webhooks and what was delivered, by pseudonym; addresses of receivers stay.',
    '等待发送和已发送的通知（假名）；接收地址保留。',
  ),
  privacy: row(
    true,
    undefined,
    'Requests about personal data and what became of them, as proof.',
    '个人数据请求及其处理结果，用作证明。',
  ),
  vault: row(
    true,
    undefined,
    'Ids as they came, and the keys to what is sealed elsewhere.',
    '原始标识，以及解密其他存储中加密内容的密钥。',
  ),
  suppression: row(
    true,
    undefined,
    'Who must not be processed any more, as pseudonyms: kept so that it stays so.',
    '不得再处理的人的假名，保留以确保持续有效。',
  ),
  access: row(
    true,
    400,
    'Who looked at or changed what; people only as keyed hashes.',
    '谁查看或更改了什么；客户仅以加密哈希表示。',
  ),
  ledger: row(false, undefined, 'Counts of events.', '事件数量。'),
  statistics: row(
    false,
    undefined,
    'What fields usually hold, without people.',
    '字段的常见取值，不含个人信息。',
  ),
  products: row(false, undefined, 'The catalogue.', '商品目录。'),
  sources: row(
    false,
    undefined,
    'Keys, sessions and login links, as hashes.',
    '密钥、会话和登录链接的哈希。',
  ),
};

const lake: Readonly<Record<FolderName, Omit<Row, 'days'>>> = {
  events: {
    personal: true,
    holds: {
      en: 'The history of events: to answer questions and to train models.',
      zh: '事件历史，用于回答问题和训练模型。',
    },
  },
  quarantine: {
    personal: true,
    holds: { en: 'Refused events, to be mended.', zh: '被拒绝的事件，等待修复。' },
  },
  models: { personal: false, holds: { en: 'Trained models.', zh: '训练好的模型。' } },
  runs: { personal: true, holds: { en: 'Snapshots while models are trained.', zh: '模型训练期间的快照。' } },
  captured: {
    personal: true,
    holds: {
      en: 'A sample of what models were asked, to watch their quality.',
      zh: '模型请求样本，用于监控质量。',
    },
  },
  undelivered: {
    personal: true,
    holds: { en: 'What a webhook did not take, by pseudonym.', zh: '未送达的通知（假名）。' },
  },
  failures: { personal: true, holds: { en: 'Records that could not be processed.', zh: '无法处理的记录。' } },
};

const entries = <Name extends string, Value>(named: Readonly<Record<Name, Value>>): [Name, Value][] => {
  const all: [Name, Value][] = [];
  for (const name in named) all.push([name, named[name]]);
  return all;
};

export const retention: readonly Retention[] = [
  ...entries(tables).map(([name, one]) => ({ store: `table:${name}`, ...one })),
  ...entries(lake).map(([name, one]) => ({
    store: `folder:${name}`,
    days: folders[name].expireDays,
    ...one,
  })),
  ...entries(streams).map(([name, one]) => ({ store: `stream:${name}`, ...one })),
];
