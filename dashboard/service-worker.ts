import type { PushMessage } from '#schemas/http/notification.ts';

// Shows what the server pushes, with no page open and the phone locked. It answers no request: a page or a figure out of a
// cache could pass for a live one. It imports nothing at run time, so that every browser can load it as it is.

// The compiler's worker types can't stand beside those of pages: here is what this worker uses of them.
type Lasting = Event & { waitUntil(work: Promise<unknown>): void };
type PushData = { json(): unknown };
type SubscriptionChange = Lasting & {
  oldSubscription?: PushSubscription | null;
  newSubscription?: PushSubscription | null;
};
type Page = { focused: boolean; focus(): Promise<unknown>; postMessage(message: ToPage): void };
type WorkerEvents = {
  install: Lasting;
  activate: Lasting;
  push: Lasting & { data: PushData | null };
  notificationclick: Lasting & { notification: Notification };
  pushsubscriptionchange: SubscriptionChange;
};
declare const self: {
  registration: ServiceWorkerRegistration;
  clients: {
    claim(): Promise<void>;
    matchAll(options: { type: 'window'; includeUncontrolled: boolean }): Promise<readonly Page[]>;
    openWindow(url: string): Promise<unknown>;
  };
  skipWaiting(): Promise<void>;
  addEventListener<T extends keyof WorkerEvents>(type: T, listener: (event: WorkerEvents[T]) => void): void;
};

/** What the pages and this worker say to each other. */
export type ToPage = { type: 'open'; path: string };

self.addEventListener('install', () => {
  void self.skipWaiting();
});
self.addEventListener('activate', (event) => {
  event.waitUntil(self.clients.claim());
});

self.addEventListener('push', (event) => {
  const message = read(event.data);
  const tag = message.alert ?? message.kind;
  const options: NotificationOptions & { renotify: boolean; vibrate: number[] } = {
    body: message.text,
    // One notification for an alert, however often it is sent; a new one still sounds.
    tag,
    renotify: true,
    requireInteraction: message.priority === 'high' || message.kind === 'reachability',
    icon: '/icon-192.png',
    badge: '/icon-192.png',
    vibrate: message.priority === 'high' ? [400, 150, 400, 150, 400] : [200],
    data: { path: message.path },
  };
  event.waitUntil(self.registration.showNotification(message.title, options));
});

self.addEventListener('notificationclick', (event) => {
  event.notification.close();
  const given: unknown = event.notification.data?.path;
  const path = typeof given === 'string' && given.startsWith('/') && !given.startsWith('//') ? given : '/';
  event.waitUntil(open(path));
});

self.addEventListener('pushsubscriptionchange', (event) => {
  event.waitUntil(renew(event));
});

/** The push service gave this device another address: the server is told, as long as somebody is signed in here. */
async function renew({ oldSubscription, newSubscription }: SubscriptionChange): Promise<void> {
  const applicationServerKey = oldSubscription?.options.applicationServerKey ?? null;
  const subscription =
    newSubscription ??
    (applicationServerKey === null
      ? null
      : await self.registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey }));
  if (subscription === null) return;
  const session = await fetch('/api/v1/session');
  // Signed out: the old address fails, which its owner and the administrators are shown.
  if (!session.ok) return;
  const { csrfToken }: { csrfToken?: unknown } = await session.json();
  const { endpoint, keys } = subscription.toJSON();
  await fetch('/api/v1/contact-methods', {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-csrf-token': String(csrfToken) },
    body: JSON.stringify({ channel: 'web-push', subscription: { endpoint, keys } }),
  });
}

/** A window that is open already shows it; otherwise a new one opens. */
async function open(path: string): Promise<void> {
  const windows = await self.clients.matchAll({ type: 'window', includeUncontrolled: true });
  const there = windows.find((window) => window.focused) ?? windows[0];
  if (there === undefined) {
    await self.clients.openWindow(path);
    return;
  }
  const message: ToPage = { type: 'open', path };
  there.postMessage(message);
  try {
    await there.focus();
  } catch {
    // Some browsers let a window be focused only for a moment after the tap: it shows the alert all the same.
  }
}

type Shown = Pick<PushMessage, 'alert' | 'kind' | 'priority' | 'title' | 'text' | 'path'>;

/** A push that can't be read still says that something is up: browsers show every push anyway. */
function read(data: PushData | null): Shown {
  let given: unknown = null;
  try {
    given = data?.json();
  } catch {
    given = null;
  }
  const text = (name: string) => {
    const value: unknown = typeof given === 'object' && given !== null ? Reflect.get(given, name) : null;
    return typeof value === 'string' && value !== '' ? value : null;
  };
  const [kind, priority] = [text('kind'), text('priority')];
  return {
    alert: text('alert'),
    kind: kind === 'test' || kind === 'reachability' ? kind : 'alert',
    priority: priority === 'high' || priority === 'medium' || priority === 'low' ? priority : null,
    title: text('title') ?? 'Dripwatch',
    text: text('text') ?? 'Open the alerts.',
    path: text('path') ?? '/',
  };
}
