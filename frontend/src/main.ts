import "./styles/fonts.css";
import { mount } from "svelte";
import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/floating.css";
import { connect } from "$lib/backend/wails";
import { speak, systemLocale } from "$lib/i18n";
import { App as State } from "$lib/state/app.svelte";
import App from "./App.svelte";

const target = document.querySelector("#app") as HTMLElement;

async function begin(): Promise<void> {
  const spoken = speak(systemLocale(navigator.languages));
  const real = connect();
  const app = real && new State(real);
  void app?.prepare();
  await spoken;
  if (app) return start(app);
  if (import.meta.env.DEV) {
    const { demo } = await import("./lib/backend/demo");
    return start(demo());
  }
  target.textContent = "Postvak is not running behind this page.";
}

function start(app: State): void {
  mount(App, { target, props: { app } });
  void app.start();
}

void begin();
