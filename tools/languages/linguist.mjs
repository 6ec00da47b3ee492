// Prints what `linguist-languages` says of names, aliases and files, as JSON.
import * as linguist from "linguist-languages";

const rows = Object.values(linguist).map(({ name, aliases = [], extensions = [], filenames = [] }) => ({
  name,
  aliases,
  patterns: [...extensions.map((extension) => `*${extension}`), ...filenames],
}));
console.log(JSON.stringify(rows));
