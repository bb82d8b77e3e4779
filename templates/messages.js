// Messages of the interface with values put in: messages.filled("row {row}", { row: 3 }) is "row 3". A classic script, as all.
const messages = {
  filled: (text, values) => text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole),
};
