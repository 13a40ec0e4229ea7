// How the page's script is read (see page.py): what Chromium 80 knows, every name known, none unused.
import js from '@eslint/js';

// no more of the browser than the script asks for: a slip of a name is not a global by chance
const BROWSER = [
  'Blob', 'CSS', 'DOMMatrix', 'DecompressionStream', 'ImageData', 'Path2D', 'ResizeObserver', 'Response',
  'TextDecoder', 'TextEncoder', 'URL', 'URLSearchParams', 'clearTimeout', 'console', 'document', 'getComputedStyle',
  'history', 'location', 'setTimeout', 'window',
];
const known = (names) => Object.fromEntries(names.map((name) => [name, 'readonly']));

export default [
  js.configs.recommended,
  {
    files: ['build/page.js'],
    languageOptions: { ecmaVersion: 2020, sourceType: 'script', globals: known([...BROWSER, 'L']) },
    linterOptions: { reportUnusedDisableDirectives: 'error', noInlineConfig: true },
    rules: {
      'no-unused-vars': ['error', { args: 'after-used' }],
      'no-shadow': ['error', { builtinGlobals: false }],
      'no-use-before-define': ['error', { functions: false, variables: false }],
      'no-var': 'error',
      'prefer-const': 'error',
      eqeqeq: 'error',
      curly: ['error', 'multi-line'],
      camelcase: ['error', { properties: 'never', allow: ['^map_hbgeo$', '^population_60$'] }],
      'no-restricted-syntax': [
        'error',
        { selector: 'ClassBody', message: 'Functions on plain values: the page has no classes.' },
        { selector: 'AssignmentExpression[left.property.name=/^(inner|outer)HTML$/]', message: 'Text, never markup: see h().' },
      ],
      'max-lines-per-function': ['error', { max: 40, skipBlankLines: true, skipComments: true }],
      complexity: ['error', 16],
    },
  },
  {
    files: ['build/guard.js'],
    languageOptions: { ecmaVersion: 5, sourceType: 'script', globals: known(['document', 'window']) },
  },
];
