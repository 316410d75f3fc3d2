import { vitePreprocess } from "@sveltejs/vite-plugin-svelte";

export default {
  preprocess: vitePreprocess(),
  compilerOptions: {
    runes: true,
    // As long as it takes to tell our components apart, a thousand times over.
    cssHash: ({ hash, css }) => `s${hash(css).slice(0, 5)}`,
  },
  // Libraries in node_modules may still be written without runes.
  vitePlugin: {
    dynamicCompileOptions({ filename }) {
      if (filename.includes("node_modules")) return { runes: undefined };
      return undefined;
    },
  },
};
