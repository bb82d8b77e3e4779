// Files that a page makes and its reader keeps: saving.save(blob, "name.png"). A classic script, as all.
const saving = {
  save: (blob, name) => {
    const address = URL.createObjectURL(blob);
    Object.assign(document.createElement("a"), { href: address, download: name }).click();
    setTimeout(() => URL.revokeObjectURL(address), 60_000);
  },
};
