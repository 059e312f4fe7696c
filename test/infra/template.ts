/** The synthesised stacks in a form that tests can compare: references read as names of constructs. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Code } from 'aws-cdk-lib/aws-lambda';
import * as z from 'zod';
import { makeApp, type WellspringApp } from '../../infra/make-app.ts';
import { type Stage, type StageSettings, stages } from '../../infra/settings.ts';

const resourceSchema = z.object({
  Type: z.string(),
  Properties: z.record(z.string(), z.unknown()).default({}),
  DeletionPolicy: z.string().optional(),
  UpdateReplacePolicy: z.string().optional(),
  DependsOn: z.array(z.string()).default([]),
});
export type Resource = z.infer<typeof resourceSchema>;

const templateSchema = z.object({
  Resources: z.record(z.string(), resourceSchema),
  Outputs: z
    .record(z.string(), z.object({ Value: z.unknown(), Export: z.object({ Name: z.string() }).optional() }))
    .default({}),
});
type Template = z.infer<typeof templateSchema>;

const statementSchema = z.object({
  Effect: z.string(),
  Action: z.union([z.string(), z.array(z.string())]),
  Resource: z.unknown(),
  Condition: z.unknown().optional(),
});

export interface Grant {
  readonly action: string;
  readonly resource: string;
  readonly condition?: string;
}

const list = <T>(value: T | readonly T[]): readonly T[] => (Array.isArray(value) ? value : [value as T]);

/** A logical id without the hash that the CDK appends. */
const plain = (id: string): string => id.replace(/[0-9A-F]{8}$/, '');

export class Synthesised {
  readonly built: WellspringApp;
  readonly data: Template;
  readonly chain: Template;
  readonly #exports = new Map<string, unknown>();

  constructor(stage: Stage, settings: Partial<StageSettings> = {}) {
    const outdir = mkdtempSync(join(tmpdir(), 'wellspring-synth-'));
    try {
      const layer = join(outdir, 'layer.zip');
      writeFileSync(layer, 'PK');
      this.built = makeApp({
        stage,
        outdir: join(outdir, 'cdk.out'),
        settings: { ...stages[stage], ...settings },
        code: {
          of: () => Code.fromInline('export const handler = () => {};'),
          layer: () => Code.fromAsset(layer),
        },
      });
      const assembly = this.built.app.synth();
      const read = (name: string): Template => templateSchema.parse(assembly.getStackByName(name).template);
      this.data = read(this.built.data.stackName);
      this.chain = read(this.built.chain.stackName);
    } finally {
      rmSync(outdir, { recursive: true, force: true });
    }
    for (const { Value, Export } of Object.values(this.data.Outputs)) {
      if (Export) this.#exports.set(Export.Name, Value);
    }
  }

  /** Resources of a type with their ids. */
  all(template: Template, type: string): [string, Resource][] {
    return Object.entries(template.Resources).filter(([, resource]) => resource.Type === type);
  }

  /** The one resource of a type whose id starts so. */
  one(template: Template, type: string, start: string): Resource {
    const found = this.all(template, type).filter(([id]) => plain(id) === start);
    const [first] = found;
    if (!first || found.length > 1) throw new Error(`${found.length} resources ${type} ${start}`);
    return first[1];
  }

  /** A value with references written as `Ledger.Arn/index/index`, `eventsMapping`, `AWS::Region`. */
  text(value: unknown): string {
    if (typeof value !== 'object' || value === null) return String(value);
    if (Array.isArray(value)) return JSON.stringify(value.map((item) => this.text(item)));
    const [[name, inner] = ['', undefined]] = Object.entries(value);
    if (name === 'Ref') return plain(String(inner));
    if (name === 'Fn::GetAtt' && Array.isArray(inner))
      return `${plain(String(inner[0]))}.${String(inner[1])}`;
    if (name === 'Fn::ImportValue') return this.text(this.#exports.get(String(inner)));
    if (name === 'Fn::Join' && Array.isArray(inner)) {
      const [between, parts]: unknown[] = inner;
      return Array.isArray(parts) ? parts.map((part) => this.text(part)).join(String(between)) : '';
    }
    return JSON.stringify(value);
  }

  /** What a role may do: one entry per action and resource. */
  grants(role: string): Grant[] {
    // What does not fit into the role's own policy becomes a managed one.
    const policies = ['AWS::IAM::Policy', 'AWS::IAM::ManagedPolicy'].flatMap((type) =>
      this.all(this.chain, type),
    );
    return policies
      .filter(([, { Properties }]) => this.text(Properties['Roles']) === JSON.stringify([role]))
      .flatMap(([, { Properties }]) => this.#statements(Properties['PolicyDocument']));
  }

  #statements(document: unknown): Grant[] {
    const { Statement } = z.object({ Statement: z.array(statementSchema) }).parse(document);
    return Statement.flatMap(({ Effect, Action, Resource, Condition }) => {
      if (Effect !== 'Allow') throw new Error(`a role's policy with the effect ${Effect}`);
      return list(Action).flatMap((action) =>
        list(Resource).map((resource) => ({
          action,
          resource: this.text(resource),
          ...(Condition === undefined ? {} : { condition: JSON.stringify(Condition) }),
        })),
      );
    });
  }
}
