/**
 * Who may import whom (docs/architecture.md). Floors: 3 main, app, api, cli · 2 sync, shipping, jobs · 1 outbound,
 * database, platforms, carriers · 0 domain, words. Import down only; rooms of floor 1 are strangers to each other.
 */
const TESTS = '\\.test\\.ts$'
const floor3 = '^src/(main|app|demo)\\.ts$|^src/(api|cli)/'
const floor2 = '^src/(sync|shipping|jobs)/|^src/doctor/examine\\.ts$'
const floor1 = '^src/(outbound|database|platforms|carriers|doctor)/'
const floor0 = '^src/(domain|words)/'
const notATest = { pathNot: TESTS }

/** The list of all platforms (or carriers) is the one file of its room that sees all of them. */
const lists = '^src/(platforms|carriers)/index\\.ts$'

module.exports = {
  forbidden: [
    {
      name: 'floor-0-imports-nothing',
      severity: 'error',
      from: { path: floor0, ...notATest },
      to: { path: '^src/', pathNot: floor0 },
    },
    {
      name: 'domain-knows-no-package-but-schemas',
      severity: 'error',
      from: { path: '^src/domain/', ...notATest },
      to: {
        dependencyTypes: ['npm', 'npm-optional', 'npm-no-pkg', 'core'],
        pathNot: 'node_modules/(zod|dinero\\.js|temporal-polyfill|ipaddr\\.js)/|^(node:)?crypto$',
      },
    },
    {
      name: 'floor-1-imports-down',
      severity: 'error',
      from: { path: floor1, pathNot: `${TESTS}|^src/doctor/examine\\.ts$` },
      to: { path: `${floor2}|${floor3}` },
    },
    {
      name: 'floor-2-imports-down',
      severity: 'error',
      from: { path: floor2, ...notATest },
      to: { path: floor3 },
    },
    {
      name: 'rooms-of-floor-1-are-strangers',
      severity: 'error',
      from: {
        path: '^src/(outbound|database|platforms|carriers|doctor)/',
        pathNot: `${TESTS}|^src/doctor/examine\\.ts$`,
      },
      to: { path: floor1, pathNot: '^src/$1/' },
    },
    {
      name: 'platforms-and-carriers-are-strangers',
      severity: 'error',
      from: { path: '^src/(platforms|carriers)/([^/]+)/', ...notATest },
      to: { path: '^src/$1/[^/]+/', pathNot: '^src/$1/($2|shared)/' },
    },
    {
      name: 'only-lists-know-all',
      severity: 'error',
      from: { path: '^src/(platforms|carriers)/[^/]+/', ...notATest },
      to: { path: lists },
    },
    {
      name: 'config-is-read-at-the-top',
      severity: 'error',
      from: { path: '^src/', pathNot: `${floor3}|${TESTS}` },
      to: { path: '^src/config\\.ts$', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'the-browser-sees-words-and-api-types-only',
      severity: 'error',
      from: { path: '^web/', ...notATest },
      to: { path: '^(src|test|bench|tools|bin)/', pathNot: '^src/words/' },
    },
    {
      name: 'the-hub-does-not-lean-on-its-tests',
      severity: 'error',
      from: { path: '^src/', ...notATest },
      to: { path: `^(test|bench|tools|web|bin)/|${TESTS}` },
    },
    {
      name: 'no-cycles',
      severity: 'error',
      from: { path: '^(src|web)/' },
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    { name: 'everything-resolves', severity: 'error', from: { pathNot: '^web/' }, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)node_modules/\\.cache|/recordings/|^web/dist/' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
}
