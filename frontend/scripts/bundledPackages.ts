import type { Plugin } from "vite";

/** What the build tools themselves put into the bundle, by what tells it. */
const tools: [RegExp, string][] = [
  [/^\0?vite\//, "vite"],
  [/^\0?rolldown\//, "rolldown"],
  [/\/i18n\/generated\//, "@inlang/paraglide-js"],
];

/** The package's folder below node_modules, or "" for what is our own. */
function packageOf(id: string): string {
  const file = id.split("?")[0] ?? "";
  const below = file.lastIndexOf("/node_modules/");
  if (below < 0) return tools.find(([tell]) => tell.test(file))?.[1] ?? "";
  const first = file.indexOf("/node_modules/") + "/node_modules/".length;
  const rest = file.slice(below + "/node_modules/".length).split("/");
  return file.slice(first, below + "/node_modules/".length).concat(rest.slice(0, rest[0]?.startsWith("@") ? 2 : 1).join("/"));
}

/**
 * Writes beside the bundle which packages are really in it, scripts and styles
 * with their fonts: those whose licences the program must show (build/licences
 * reads it). What was shaken out is not among them.
 */
export function bundledPackages(): Plugin {
  return {
    name: "postvak-bundled-packages",
    apply: "build",
    generateBundle(_options, bundle) {
      const found = new Set<string>();
      for (const part of Object.values(bundle)) {
        const files = part.type === "asset" ? part.originalFileNames.map((name) => `/${name}`) : Object.keys(part.modules).filter((id) => part.modules[id]?.renderedLength || /\.css($|\?)/.test(id));
        for (const file of files) found.add(packageOf(file));
      }
      found.delete("");
      this.emitFile({ type: "asset", fileName: "packages.json", source: JSON.stringify([...found].sort(), null, 1) });
    },
  };
}
