/** How the host's process is to be started, so that it takes less memory: neither can be changed once it runs. */

/** The main thread holds little, and lives on a small nursery; MB. */
export const flags: readonly string[] = ['--max-semi-space-size=4'];

/**
 * glibc gives threads heaps of their own, up to eight a processor, and keeps in them what large blocks left: one heap for
 * all, and blocks of a megabyte or more outside of it, take some 40 MB less. Most of the memory is V8's, which has its own.
 */
export const environment = {
  MALLOC_ARENA_MAX: '1',
  MALLOC_MMAP_THRESHOLD_: '1048576',
  MALLOC_TRIM_THRESHOLD_: '262144',
};

/** Begins the process anew, lean, under the same process id; a process that is lean, or cannot begin anew, goes on. */
export function beginLean(): void {
  if (process.platform !== 'linux' || process.env['MALLOC_ARENA_MAX'] !== undefined) return;
  const { execPath, execArgv, argv, env } = process;
  process.execve?.(execPath, [execPath, ...flags, ...execArgv, ...argv.slice(1)], { ...env, ...environment });
}
