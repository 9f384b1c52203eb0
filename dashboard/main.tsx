import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import './styles/tokens.css';
import './styles/base.css';
import './styles/print.css';
import { registerServiceWorker } from './push/device.ts';
import { applyTheme, followSystemTheme, readTheme } from './theme.ts';

applyTheme(readTheme());
followSystemTheme();
registerServiceWorker();

const root = document.getElementById('root');
if (root === null) throw new Error('the page has no #root');
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
