// Loaded with `--import` before a program: at its end, prints the packages that the program loaded as JSON on standard error.
import module from 'node:module';

const names = new Set();
module.registerHooks({
  load(url, context, next) {
    const [, name] = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(url) ?? [];
    if (name !== undefined) names.add(name);
    return next(url, context);
  },
});
process.on('exit', () => process.stderr.write(JSON.stringify([...names].sort())));
