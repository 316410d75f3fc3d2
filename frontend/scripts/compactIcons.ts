import type { Plugin } from "vite";

const written = /const iconData = (\{[\s\S]*?\});\s*<\/script>/;

/**
 * Makes the window's icons smaller, and quicker to draw. Each of the icons'
 * package is a component that can do much more than we ask of one; here each
 * is only its drawing, in the size that is asked for.
 */
export function compactIcons(): Plugin {
  return {
    name: "compact-icons",
    enforce: "pre",
    transform(code, id) {
      const name = /@lucide\/svelte\/dist\/icons\/([\w-]+)\.svelte$/.exec(id)?.[1];
      if (!name) return undefined;
      const data = written.exec(code)?.[1];
      if (!data) throw new Error(`The icon ${name} is not written as it used to be: change scripts/compactIcons.ts.`);
      return { code: component((JSON.parse(data) as { node: Shape[] }).node), map: null };
    },
  };
}

type Shape = [tag: string, attributes: Record<string, string>];

// Compiled as any other component. Nobody hears it: what it stands for is said beside it.
const component = (shapes: Shape[]) => `<script>let { size = 24 } = $props();</script>
<svg class="lucide" width={size} height={size} viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">${shapes.map(shape).join("")}</svg>`;

const shape = ([tag, attributes]: Shape) => `<${tag} ${Object.entries(attributes).map(([name, value]) => `${name}="${value}"`).join(" ")} />`;
