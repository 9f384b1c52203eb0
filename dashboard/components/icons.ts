/** Line drawings on a 24-px grid. */
export const icons = {
  alerts: 'M12 4 3.500 19h17ZM12 10v4M12 16.500v.5',
  calls: 'M6 3h4l2 5-2.500 1.500a11 11 0 0 0 5 5L16 12l5 2v4a2 2 0 0 1-2 2A16 16 0 0 1 4 5a2 2 0 0 1 2-2Z',
  pumps: 'M4 4h6v6H4zM14 4h6v6h-6zM4 14h6v6H4zM14 14h6v6h-6z',
  infusions: 'M4 6h9M4 12h16M4 18h6M16 6h4M13 18h7',
  orders: 'M6 4h12v16H6zM9 9h6M9 13h6M9 17h3',
  library: 'M5 4h4v16H5zM9 4h4v16H9zM15 5l4-1 3 15-4 1z',
  rules: 'M4 7h10M18 7h2M14 4v6M4 17h2M10 17h10M8 14v6',
  fleet: 'M4 5h16v4H4zM4 11h16v4H4zM4 17h16v3H4z',
  onCall: 'M6 3h4l2 5-3 2a12 12 0 0 0 5 5l2-3 5 2v4a2 2 0 0 1-2 2A17 17 0 0 1 4 5a2 2 0 0 1 2-2z',
  reports: 'M4 20h16M6 20v-6h3v6M11 20V6h3v14M16 20v-9h3v9',
  more: 'M5 12h.5M12 12h.5M19 12h.5',
  system: 'M3 12h4l3-7 4 14 3-7h4',
} as const;
