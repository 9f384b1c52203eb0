import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

// The api serves dist/ under a strict policy: no inline script, no inline style, no data: URLs for code.
export default defineConfig({
  root: import.meta.dirname,
  plugins: [react()],
  worker: { format: 'es' },
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2023',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
});
