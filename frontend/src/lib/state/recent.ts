const most = 8;
const place = (me: string) => `postvak.palette.${me}`;

/** What somebody asked for last, the latest first: for each member apart, in this window's store. */
export function recentOrders(me: string): string[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(place(me)) ?? "[]");
    return Array.isArray(kept) ? kept.filter((id): id is string => typeof id === "string").slice(0, most) : [];
  } catch {
    return [];
  }
}

export function rememberOrder(me: string, id: string): void {
  try {
    localStorage.setItem(place(me), JSON.stringify([id, ...recentOrders(me).filter((each) => each !== id)].slice(0, most)));
  } catch {
    // Without room for it the next palette begins as this one did.
  }
}
