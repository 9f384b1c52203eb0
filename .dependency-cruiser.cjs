// Who may import whom. Services meet on MQTT, SQL and HTTP, never in code.

module.exports = {
  forbidden: [
    {
      name: 'no-circular',
      comment: 'A cycle has no order in which it can be understood.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'services-stand-alone',
      comment: 'A service imports schemas and packages, never another service, a script or a test helper.',
      severity: 'error',
      from: { path: '^(broker|ingest|api|dashboard|firmware-sim|watchdog)/' },
      to: { path: '^(broker|ingest|api|dashboard|firmware-sim|watchdog|scripts|tests)/', pathNot: '^$1/' },
    },
    {
      name: 'schemas-are-pure',
      comment: 'Contracts and rules import zod and each other: no IO, no Node.js, nothing of a service.',
      severity: 'error',
      from: { path: '^schemas/', pathNot: '\\.test\\.ts$' },
      to: { pathNot: '^(schemas/|node_modules/zod/)' },
    },
    {
      name: 'dashboard-is-for-browsers',
      comment: 'The dashboard loads nothing that needs Node.js.',
      severity: 'error',
      from: { path: '^dashboard/', pathNot: '(^dashboard/vite\\.config\\.ts|\\.test\\.tsx?)$' },
      to: {
        pathNot:
          '^(dashboard/|schemas/|node_modules/(@types/)?(react|react-dom|scheduler|wouter|@tanstack|zustand|react-aria-components|uplot|zod|vite)(/|$))',
      },
    },
    {
      name: 'only-what-package.json-names',
      comment: 'A package that comes along by chance may be gone tomorrow.',
      severity: 'error',
      from: { path: '^(broker|ingest|api|dashboard|firmware-sim|watchdog|schemas|scripts|tests)/' },
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown', 'unknown'] },
    },
    {
      name: 'nothing-missing',
      comment: 'Every import leads somewhere.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: '^(vitest|virtual:)' },
    },
  ],
  options: {
    doNotFollow: { path: '^node_modules/' },
    exclude: { path: '(^|/)dist/' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
      extensions: ['.ts', '.tsx', '.mjs', '.js', '.cjs', '.json', '.css'],
    },
  },
};
