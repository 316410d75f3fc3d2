// Gives the page in a browser what Wails gives it in a window: window.go calls
// the services, window.runtime brings their events. Served by --headless only.
(() => {
  "use strict";

  const address = new URL(location.href);
  if (address.searchParams.has("token")) {
    address.searchParams.delete("token"); // the cookie has it now; history need not
    history.replaceState(null, "", address.pathname + address.search + address.hash);
  }

  // Which window this is: several pages may look at different conversations.
  const windowName = Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16).padStart(2, "0")).join("");

  const failure = (code, message, detail = "") => JSON.stringify({ code, message, detail });

  let focus; // what this window last said is in front of the person

  async function call(service, method, args) {
    if (service === "Window" && method === "Focus") focus = args;
    let response;
    try {
      response = await fetch(`/call/${service}.${method}`, {
        method: "POST",
        headers: { "Content-Type": "application/json", "X-Postvak-Window": windowName },
        body: JSON.stringify(args),
      });
    } catch (error) {
      throw failure("unavailable", "Postvak does not answer. Start it again and reload this page.", String(error));
    }
    let answer;
    try {
      answer = await response.json();
    } catch (error) {
      throw failure("internal", "Postvak gave an answer that makes no sense. Reload this page.", String(error));
    }
    if (answer.error) throw JSON.stringify(answer.error);
    return answer.result;
  }

  // then and symbols must stay undefined: await looks for them.
  const named = (make) =>
    new Proxy(Object.create(null), {
      get: (known, name) => {
        if (typeof name !== "string" || name === "then") return undefined;
        return (known[name] ??= make(name));
      },
    });

  window.go = { app: named((service) => named((method) => (...args) => call(service, method, args))) };

  const listeners = new Map(); // event name -> Set of {callback, left}

  function dispatch(name, data) {
    for (const listener of [...(listeners.get(name) ?? [])]) {
      if (listener.left > 0 && --listener.left === 0) listeners.get(name).delete(listener);
      listener.callback(...data);
    }
  }

  // The program forgets what a window looks at when its stream breaks.
  function listen() {
    const made = new EventSource(`/events?window=${windowName}`);
    made.addEventListener("open", () => {
      if (focus) call("Window", "Focus", focus).catch(() => undefined);
    });
    return made;
  }

  let source;
  const streamed = new Set();
  function stream(name) {
    source ??= listen();
    if (streamed.has(name)) return;
    streamed.add(name);
    source.addEventListener(name, (event) => dispatch(name, [JSON.parse(event.data)]));
  }

  function on(name, callback, left) {
    const listener = { callback, left };
    if (!listeners.has(name)) listeners.set(name, new Set());
    listeners.get(name).add(listener);
    stream(name);
    return () => listeners.get(name)?.delete(listener);
  }

  const runtime = {
    EventsOn: (name, callback) => on(name, callback, -1),
    EventsOnce: (name, callback) => on(name, callback, 1),
    EventsOnMultiple: (name, callback, times) => on(name, callback, times),
    EventsOff: (...names) => names.forEach((name) => listeners.delete(name)),
    EventsOffAll: () => listeners.clear(),
    EventsEmit: (name, ...data) => dispatch(name, data),
    BrowserOpenURL: (url) => void window.open(url, "_blank", "noopener,noreferrer"),
    Environment: async () => ({ buildType: "headless", platform: "browser", arch: "" }),
    WindowSetTitle: (title) => void (document.title = title),
  };
  window.runtime = new Proxy(runtime, {
    get: (known, name) => known[name] ?? (typeof name === "string" && name !== "then" ? async () => undefined : undefined),
  });
})();
