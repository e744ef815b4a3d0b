import { built, toolchains } from './toolchains.ts';

/** Builds what the harness of clients runs, before the tests: a first build takes longer than a test may. */
for (const toolchain of toolchains) {
  const build = built(toolchain);
  process.stdout.write(`${toolchain.language}: ${'why' in build ? `not built: ${build.why}` : 'built'}\n`);
  if ('why' in build) process.exitCode = 1;
}
