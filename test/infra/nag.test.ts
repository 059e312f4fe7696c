import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag';
import { expect, it } from 'vitest';
import { Synthesised } from './template.ts';

// Synthesis itself runs both packs and fails on a finding that nobody acknowledged.
const stages = {
  dev: new Synthesised('dev'),
  prod: new Synthesised('prod', { alarmEmail: 'alarms@example.com' }),
};

const METADATA = 'aws:cdk:acknowledged-rules';

interface Accepted {
  readonly where: string;
  readonly id: string;
  readonly reason: string;
}

function accepted({ built }: Synthesised): Accepted[] {
  return built.app.node.findAll().flatMap(({ node }) =>
    node.metadata
      .filter(({ type }) => type === METADATA)
      .flatMap(({ data }) =>
        Object.entries<string>(data).map(([id, reason]) => ({
          where: node.path,
          id: id.replace(/^annotation::/i, ''),
          reason,
        })),
      ),
  );
}

/** Everything the packs find when nothing is acknowledged. */
function findings({ built }: Synthesised): { id: string; where: string }[] {
  return [new AwsSolutionsChecks(), new ServerlessChecks()].flatMap((pack) => {
    Object.defineProperty(pack, 'isAcknowledged', { value: () => false });
    return pack
      .validateScope(built.app)
      .violations.flatMap(({ ruleName, violatingResources }) =>
        violatingResources.map(({ constructPath }) => ({ id: ruleName, where: constructPath ?? '' })),
      );
  });
}

it('the acknowledged findings, with their reasons', () => {
  expect(accepted(stages.prod)).toMatchSnapshot();
});

it.each(['dev', 'prod'] as const)('in %s every acknowledgement answers a finding', (stage) => {
  const found = findings(stages[stage]);
  expect(found.length).toBeGreaterThan(10);
  const idle = accepted(stages[stage]).filter(
    ({ id, where }) =>
      !found.some(
        (finding) => finding.id === id && (finding.where === where || finding.where.startsWith(`${where}/`)),
      ),
  );
  expect(idle).toEqual([]);
});
