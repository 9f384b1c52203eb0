// Loaded into every process that a test or a proof starts: a session of its own would outlive a Ctrl-C in the terminal and
// the sudden end of whoever started it.
process.once('disconnect', () => process.exit(1));
// Listening alone would keep it from ending.
process.channel?.unref();
