/** The `wellspring` command. */
import { enableCompileCache } from 'node:module';
import { Command, InvalidArgumentError, Option } from 'commander';
import { roles } from '../domain/access/roles.ts';
import { WellspringError } from '../domain/errors.ts';
import { compiled } from './compiled.ts';
import { beginLean } from './lean.ts';

enableCompileCache(compiled);

const positive = (text: string): number => {
  const value = Number(text);
  if (!Number.isFinite(value) || value <= 0) throw new InvalidArgumentError('A number above 0 is needed.');
  return value;
};

const port = (text: string): number => {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0 || value > 65_535) {
    throw new InvalidArgumentError('A port between 0 and 65535 is needed.');
  }
  return value;
};

const days = (text: string): number => {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0 || value > 365) {
    throw new InvalidArgumentError('A number of days from 0 to 365 is needed.');
  }
  return value;
};

const program = new Command('wellspring')
  .description('Customer data on one machine: events in, profiles out.')
  .showHelpAfterError('Run wellspring --help for the commands.');

program
  .command('start')
  .description('Run the whole chain and serve HTTP until Ctrl-C.')
  .option('--port <number>', 'port to listen on; 0 picks a free one', port, 4100)
  .option('--data <folder>', 'where everything is kept', '.wellspring')
  .option('--demo', 'let simulated shoppers stream in', true)
  .option('--no-demo', 'no simulated shoppers')
  .option('--rate <events>', 'events per second of the demo', positive, 20)
  .option(
    '--past <days>',
    'how long the demo has been going on, for models to learn from; 0 for not',
    days,
    120,
  )
  .option('--json', 'log lines as JSON', false)
  .option('--loopback-webhooks', 'let webhooks go to http://127.0.0.1, to try them out', false)
  .action(async (options: import('./commands/start.ts').StartOptions) => {
    beginLean();
    const { start } = await import('./commands/start.ts');
    await start(options);
  });

program
  .command('import')
  .description('Bring in history: events in Segment form, or other files by a mapping.')
  .argument('<file>', 'NDJSON, CSV or access log; may be gzipped')
  .option('--map <mapping>', 'a mapping file, or online-retail, snowplow-web, apache-logs')
  .option('--data <folder>', 'data folder of the system', '.wellspring')
  .option('--url <address>', 'another collector, such as one on AWS; needs --key')
  .addOption(new Option('--key <secret key>', 'secret key for --url').env('WELLSPRING_SECRET_KEY'))
  .option('--dry-run', 'read, map and report; send nothing', false)
  .option('--json', 'the report as JSON', false)
  .action(async (file: string, options: import('./commands/import.ts').ImportOptions) => {
    const { runImport } = await import('./commands/import.ts');
    await runImport(file, options);
  });

/** Which system a command talks to. */
const toTarget = (command: Command): Command =>
  command
    .option('--data <folder>', 'data folder of the system', '.wellspring')
    .option('--url <address>', 'a system elsewhere; needs --key')
    .addOption(new Option('--key <key>', 'its secret key').env('WELLSPRING_SECRET_KEY'));

toTarget(program.command('login'))
  .description('Print a link that opens the console, once.')
  .addOption(new Option('--role <role>', 'what its bearer may do').choices([...roles]).default('admin'))
  .option('--hours <number>', 'for which the link works', positive, 24)
  .action(async (options: import('./commands/login.ts').LoginOptions) => {
    const { login } = await import('./commands/login.ts');
    await login(options);
  });

toTarget(program.command('drain'))
  .description('Wait until all streams are empty and print the ledger.')
  .option('--json', 'the ledger as JSON', false)
  .action(async (options: import('./commands/drain.ts').DrainOptions) => {
    const { drain } = await import('./commands/drain.ts');
    await drain(options);
  });

toTarget(program.command('quarantine'))
  .description('Print refused events as NDJSON: mend the field "text" or add "event", then replay the file.')
  .option('--reason <code>', 'only those refused for this reason')
  .option('--day <YYYY-MM-DD>', 'only those received on this day, UTC')
  .action(async (options: import('./commands/quarantine.ts').QuarantineOptions) => {
    const { quarantine } = await import('./commands/quarantine.ts');
    await quarantine(options);
  });

toTarget(program.command('replay'))
  .description('Feed refused events back into the chain.')
  .requiredOption('--quarantine', 'those in quarantine, as they came')
  .option('--file <path>', 'mended events, as "wellspring quarantine" prints them')
  .option('--reason <code>', 'only those refused for this reason')
  .option('--day <YYYY-MM-DD>', 'only those received on this day, UTC')
  .option('--json', 'the counts as JSON', false)
  .action(async (options: import('./commands/replay.ts').ReplayOptions) => {
    const { replay } = await import('./commands/replay.ts');
    await replay(options);
  });

toTarget(program.command('erase'))
  .description('Erase a person everywhere, and say what was done in which store.')
  .argument('<id>', 'any id of the person')
  .option('--yes', 'do not ask', false)
  .option('--json', 'the request as JSON', false)
  .action(async (id: string, options: import('./commands/erase.ts').EraseOptions) => {
    const { erase } = await import('./commands/erase.ts');
    await erase(id, options);
  });

toTarget(program.command('consent'))
  .description('Show what a person allows and every answer they gave, or note a new decision.')
  .argument('<id>', 'any id of the person')
  .option(
    '--set <purpose=yes|no>',
    'what was decided; may be given again',
    (given: string, before: string[]) => [...before, given],
    [],
  )
  .option('--wording <version>', 'version of the wording that the person saw')
  .option('--json', 'as JSON', false)
  .action(async (id: string, options: import('./commands/consent.ts').ConsentOptions) => {
    const { consent } = await import('./commands/consent.ts');
    await consent(id, options);
  });

toTarget(program.command('export'))
  .description('Write everything that is known about a person: ID.json for machines and ID.html to read.')
  .argument('<id>', 'any id of the person')
  .requiredOption('--out <folder>', 'where the two files go')
  .action(async (id: string, options: import('./commands/export.ts').ExportOptions) => {
    const { exportPerson } = await import('./commands/export.ts');
    await exportPerson(id, options);
  });

program
  .command('retrain')
  .description('Learn from history, compare with what serves, and promote what is better.')
  .option('--model <name>', 'only this one: neighbours, behaviour or classes')
  .option('--data <folder>', 'data folder of the system, which may be running', '.wellspring')
  .option('--seed <number>', 'the same seed and history give the same model', positive, 1)
  .option('--json', 'the outcome as JSON', false)
  .action(async (options: import('./commands/retrain.ts').RetrainOptions) => {
    const { runRetrain } = await import('./commands/retrain.ts');
    await runRetrain(options);
  });

const models = program
  .command('models')
  .description('List trained models: versions, metrics, data; the one that serves is marked.')
  .option('--data <folder>', 'data folder of the system', '.wellspring')
  .option('--json', 'everything that is known, as JSON', false)
  .action(async (options: { data: string; json: boolean }) => {
    const { showModels } = await import('./commands/models.ts');
    await showModels(options);
  });

models
  .command('rollback')
  .description('Serve the version before again.')
  .argument('<name>', 'name of the model')
  .action(async (name: string, _: unknown, command: Command) => {
    const { rollBackModel } = await import('./commands/models.ts');
    await rollBackModel(name, command.optsWithGlobals<{ data: string }>());
  });

program
  .command('serve-model')
  .description("Serve ONNX models over HTTP, as Triton's SageMaker container does.")
  .argument('<folder>', 'holds <model>/<version>/model.onnx; the highest version is served')
  .option('--port <number>', 'port to listen on; 0 picks a free one', port, 8080)
  .action(async (folder: string, options: import('./commands/serve-model.ts').ServeModelOptions) => {
    const { serveModel } = await import('./commands/serve-model.ts');
    await serveModel(folder, options);
  });

const aws = program.command('aws').description('Manage a system deployed to AWS.');

aws
  .command('publish-console')
  .description('Build the console and put it where the deployed stack serves it from.')
  .requiredOption('--outputs <file>', 'what the deploy wrote: cdk.out/outputs.json')
  .option('--region <name>', 'AWS region; the environment decides otherwise')
  .action(async (options: import('./commands/publish.ts').PublishOptions) => {
    const { publishConsole } = await import('./commands/publish.ts');
    process.stdout.write(`${await publishConsole(options)}\n`);
  });

aws
  .command('create-source')
  .description('Make a key for a source and print it, this once.')
  .requiredOption('--table <name>', 'table of sources, as the deploy printed it')
  .option('--region <name>', 'AWS region; the environment decides otherwise')
  .requiredOption('--tenant <name>', 'whose events these are')
  .requiredOption('--source <name>', 'where they come from, such as web or shop-server')
  .addOption(
    new Option('--kind <kind>', 'public keys may only send').choices(['public', 'secret']).default('public'),
  )
  .option('--rate <events>', 'events per second that the key may send', positive, 1000)
  .action(async (options: import('./commands/aws.ts').SourceOptions) => {
    const { createSource } = await import('./commands/aws.ts');
    process.stdout.write(`${await createSource(options)}\n`);
  });

try {
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof WellspringError)) throw error;
  process.stderr.write(`${error.message}\n${error.fix} [${error.code}]\n`);
  process.exitCode = 1;
}
