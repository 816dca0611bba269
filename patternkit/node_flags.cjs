// Loaded by Node before jsii's kernel. The CDK's validation grows its WebAssembly memory in a few hundred steps, and
// beyond 64 MB V8 collects garbage at each of them, with all of the CDK on the heap: more than half of what a first
// synthesis took. Counted together with the heap, that memory makes V8 collect as the heap grows. Other versions of
// Node might not know the flag, and would say so.
if (process.versions.node.startsWith('24.')) {
  require('node:v8').setFlagsFromString('--external-memory-accounted-in-global-limit');
}

// The CDK and jsii keep temporary folders, and leave them when they are killed: where the pytest plugin finds them again.
if (process.env.PATTERNKIT_NODE_TMPDIR) {
  process.env.TMPDIR = process.env.PATTERNKIT_NODE_TMPDIR;
}

// Ctrl-C reaches every process of a terminal. jsii's kernel goes on: Python ends it, and would otherwise find it gone, and say
// so by a traceback after the command's last line.
if (/[\\/](bin[\\/]jsii-runtime|lib[\\/]program)\.js$/.test(process.argv[1] ?? '')) {
  const on = process.on;
  process.on = function (event, listener) {
    return on.call(this, event, event === 'SIGINT' ? () => {} : listener);
  };
  process.on('SIGINT', () => {});
}
