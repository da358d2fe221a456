// Runs in the head, before the first paint: theme and kind of page. Then it loads the app and tells what goes wrong.
// A classic script of its own file, because the content security policy allows no inline script.
(() => {
  "use strict";
  const root = document.documentElement;

  const systemTheme = () => (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
  const chosenTheme = () => {
    try {
      const theme = localStorage.getItem("resellportal.theme");
      return theme === "light" || theme === "dark" ? theme : null;
    } catch {
      return null; // Storage may be forbidden.
    }
  };
  const chosen = chosenTheme();
  root.dataset.theme = chosen || systemTheme();
  if (chosen) {
    // The colour of the browser's own bar follows the system until the user has chosen.
    const wanted = document.querySelector(`meta[name="theme-color"][media*="${chosen}"]`).content;
    for (const meta of document.querySelectorAll('meta[name="theme-color"]')) meta.content = wanted;
  }

  const path = location.pathname;
  if (/^\/(login|forgot|reset|invite)(\/|$)/.test(path)) root.dataset.route = "auth";
  else root.dataset.route = path === "/" || path === "/dashboard" ? "dashboard" : "page";

  const parsed = new Promise((resolve) => {
    if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", resolve, { once: true });
    else resolve();
  });

  // Shown only while the shell is there: the app takes it away when it has taken its place.
  const show = (text, canReload) => {
    const status = document.getElementById("boot-status");
    if (!status) return;
    status.hidden = false;
    status.querySelector("p").textContent = text;
    const reload = status.querySelector("button");
    reload.hidden = !canReload;
    reload.onclick = () => location.reload();
  };

  const styleSheet = () =>
    new Promise((resolve, reject) => {
      const link = document.createElement("link");
      link.rel = "stylesheet";
      link.href = "{{app_css}}";
      link.onload = resolve;
      link.onerror = () => reject(new Error("The style sheet did not arrive."));
      document.head.append(link);
    });

  const module = async () => {
    const response = await fetch("{{app_wasm}}");
    if (!response.ok) throw new Error(`The server answered ${response.status} instead of the app.`);
    return WebAssembly.compileStreaming(response);
  };

  // The frame is seen before the app starts, which keeps the browser busy for a moment. A hidden page is never painted.
  const painted = new Promise((resolve) => {
    setTimeout(resolve, document.hidden ? 0 : 500);
    try {
      const seen = (list) => list.getEntriesByName("first-contentful-paint").length > 0 && resolve();
      new PerformanceObserver(seen).observe({ type: "paint", buffered: true });
    } catch {
      resolve();
    }
  });

  const start = async () => {
    const [script, compiled] = await Promise.all([import("{{app_js}}"), module(), styleSheet(), parsed, painted]);
    await script.default({ module_or_path: compiled });
  };

  const supported = "ResellPortal works in current versions of Chrome, Edge, Firefox and Safari.";
  if (typeof WebAssembly !== "object" || !WebAssembly.compileStreaming) {
    parsed.then(() => show(`This browser cannot run the app, because WebAssembly is missing or switched off. ${supported}`, false));
    return;
  }

  const timers = [
    setTimeout(() => show("Loading…", false), 1000),
    setTimeout(() => {
      const reason = navigator.onLine
        ? "The app is still on its way: the connection is slow, or the server does not answer."
        : "You are offline. The app loads when the connection is back.";
      show(reason, true);
    }, 15000),
  ];
  start()
    .catch(async (error) => {
      console.error(error);
      await parsed;
      const isUnsupported = error instanceof WebAssembly.CompileError || error instanceof WebAssembly.LinkError;
      if (!navigator.onLine) show("You are offline, so the app could not be loaded.", true);
      else show(`The app could not start. ${error.message} ${isUnsupported ? supported : ""}`, true);
    })
    .finally(() => timers.forEach(clearTimeout));

  // `cargo xtask dev` sets data-dev: the page reloads when the app or the server was replaced.
  if ("dev" in root.dataset) {
    const version = async () => (await fetch("/", { cache: "no-store" })).text();
    let known = null;
    let wasAway = false;
    setInterval(async () => {
      const current = await version().catch(() => null);
      if (current === null) wasAway = true; // The server is being restarted.
      else if (wasAway || (known !== null && current !== known)) location.reload();
      else known = current;
    }, 250);
  }
})();
