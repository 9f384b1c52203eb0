/** A tap on a notification while a page is open: the page goes there by itself, without loading anew. */
export function onNotificationOpened(go: (path: string) => void): () => void {
  if (!('serviceWorker' in navigator)) return () => {};
  const heard = (event: MessageEvent<unknown>) => {
    const message = event.data;
    if (typeof message !== 'object' || message === null) return;
    const { type, path }: { type?: unknown; path?: unknown } = message;
    if (type === 'open' && typeof path === 'string' && path.startsWith('/')) go(path);
  };
  navigator.serviceWorker.addEventListener('message', heard);
  return () => navigator.serviceWorker.removeEventListener('message', heard);
}
