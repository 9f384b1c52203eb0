import { contactMethod, pushKey } from '#schemas/http/contact-methods.ts';
import type { Http } from '../http.ts';

/** Whether this browser can be pushed to, and if not, why. */
export type DeviceState =
  /** iOS gives web push only to an app on the home screen. */
  { at: 'install-first' } | { at: 'not-supported' } | { at: 'denied' } | { at: 'off' } | { at: 'on'; service: string };

const isIos = () =>
  /iphone|ipad|ipod/i.test(navigator.userAgent) || (/mac/i.test(navigator.userAgent) && navigator.maxTouchPoints > 1);
const isInstalled = () => window.matchMedia('(display-mode: standalone)').matches;

/** The worker is there from the first page on: it costs nothing and is ready when somebody turns notifications on. */
export function registerServiceWorker(): void {
  if (!('serviceWorker' in navigator)) return;
  // The newest one at once: never a worker out of the browser's cache.
  navigator.serviceWorker.register('/service-worker.js', { updateViaCache: 'none' }).catch((error: unknown) => {
    console.warn('No service worker, so no notifications on this device:', error);
  });
}

export async function deviceState(): Promise<DeviceState> {
  if (!('serviceWorker' in navigator) || !('PushManager' in window) || !('Notification' in window)) {
    return isIos() && !isInstalled() ? { at: 'install-first' } : { at: 'not-supported' };
  }
  if (Notification.permission === 'denied') return { at: 'denied' };
  const registration = await navigator.serviceWorker.ready;
  const subscription = await registration.pushManager.getSubscription();
  return subscription === null || Notification.permission !== 'granted'
    ? { at: 'off' }
    : { at: 'on', service: new URL(subscription.endpoint).host };
}

/**
 * Asks for permission (only within a tap) and subscribes this browser.
 * @throws Error in words for the person
 */
export async function addThisDevice(http: Http, label: string): Promise<void> {
  if ((await Notification.requestPermission()) !== 'granted') {
    throw new Error(
      'Notifications are not allowed for this site. Allow them in the browser’s settings, then try again.',
    );
  }
  const { key } = await http('/push/key', pushKey);
  const registration = await navigator.serviceWorker.ready;
  const wanted = fromBase64url(key);
  let subscription = await registration.pushManager.getSubscription();
  // Of another server or an older key: pushes to it would be refused.
  if (subscription !== null && !sameBytes(subscription.options.applicationServerKey, wanted)) {
    await subscription.unsubscribe();
    subscription = null;
  }
  subscription ??= await registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: wanted });
  const { endpoint, keys } = subscription.toJSON();
  const body = { channel: 'web-push', label, subscription: { endpoint, keys } };
  await http('/contact-methods', contactMethod, { method: 'POST', body });
}

function fromBase64url(text: string): Uint8Array<ArrayBuffer> {
  const bytes = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  return Uint8Array.from(bytes, (character) => character.charCodeAt(0));
}

function sameBytes(a: ArrayBuffer | null, b: Uint8Array): boolean {
  if (a === null || a.byteLength !== b.length) return false;
  const bytes = new Uint8Array(a);
  return b.every((byte, index) => bytes[index] === byte);
}

/** What this device is called until its owner says otherwise. */
export function deviceName(): string {
  const agent = navigator.userAgent;
  const machine = ['iPhone', 'iPad', 'Android', 'Windows', 'Mac', 'Linux'].find((name) => agent.includes(name));
  const browser = /edg\//i.test(agent)
    ? 'Edge'
    : /firefox/i.test(agent)
      ? 'Firefox'
      : /chrome|crios/i.test(agent)
        ? 'Chrome'
        : 'Safari';
  return machine === undefined ? browser : `${machine}, ${browser}`;
}
