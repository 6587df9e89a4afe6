/**
 * Ludus's own folder, which has `package.json` and, once it is built, `dist`: the same from the sources and from the built files, of
 * which one holds many sources and lies wherever the bundler put it.
 */
export const rootFolder = new URL(import.meta.url.replace(/\/(?:src|dist)\/(?!.*\/(?:src|dist)\/).*$/, "/"));
