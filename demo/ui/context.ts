/** How components reach the page's state: one `App`, provided at the root. */
import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { App } from '../state/app.ts';

/** Filled in by `main.tsx`. */
export const AppContext = createContext<App | null>(null);

/** The page's state. */
export function useApp(): App {
  const app = useContext(AppContext);
  if (!app) throw new Error('no App around this component: render it inside AppContext.Provider');
  return app;
}
