/** `tel:` of a number as people write it. */
export const telOf = (number: string): string => `tel:${number.replace(/\(0\)/g, '').replace(/[^+\d]/g, '')}`;
