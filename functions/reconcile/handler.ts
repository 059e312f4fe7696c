import { tableOf } from '../../adapters/aws/services.ts';
import { scheduleEdge } from '../edge.ts';
import { makeReconcile } from './reconcile.ts';

export const handler = scheduleEdge('reconcile', (aws) => {
  const reconcile = makeReconcile({
    ...aws.base,
    streams: {},
    tables: { ledger: tableOf(aws, 'ledger') },
  });
  return async () => ({ ...(await reconcile()) });
});
