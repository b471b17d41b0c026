/**
 * Builds the web app once into `web/dist`, which the hub serves. Nothing is inlined (no data: URL, no inline
 * script), so that the page lives under a strict Content-Security-Policy.
 */
import { fileURLToPath } from 'node:url'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))

export default defineConfig({
  root: here('.'),
  plugins: [react()],
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      input: { main: here('index.html'), egress: here('src/egress/egress.ts') },
      output: {
        // The page /egress is written by the hub, which knows its two files by a name that does not change.
        entryFileNames: ({ name }) => (name === 'egress' ? 'egress.js' : 'assets/[name]-[hash].js'),
        assetFileNames: ({ names }) => (names.includes('egress.css') ? 'egress.css' : 'assets/[name]-[hash][extname]'),
      },
    },
    // Browsers that know light-dark() themselves: https://caniuse.com/mdn-css_types_color_light-dark
    target: ['chrome123', 'edge123', 'firefox120', 'safari17.5'],
  },
  server: { port: 5173, proxy: { '/api': 'http://localhost:8080', '/egress': 'http://localhost:8080' } },
})
