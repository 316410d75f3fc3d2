// Prints a page of text that the program made: in a frame of its own, without
// scripts, because the window shows only what fits.

/** Opens the system's print dialog on a page; ends when that is open, or was closed. */
export async function printPage(html: string): Promise<void> {
  for (const old of document.querySelectorAll("iframe[data-print]")) old.remove();
  const frame = document.createElement("iframe");
  frame.dataset["print"] = "";
  frame.setAttribute("sandbox", "allow-same-origin allow-modals");
  frame.setAttribute("aria-hidden", "true");
  frame.tabIndex = -1;
  frame.className = "sr";
  const loaded = new Promise((resolve) => frame.addEventListener("load", resolve, { once: true }));
  frame.srcdoc = html;
  document.body.append(frame);
  await loaded;
  frame.contentWindow?.print();
}
