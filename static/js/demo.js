// The demo storefront's own script: a "contact us" link opens the embedded chat about that thing; without it, the link leads there.
addEventListener("click", (event) => {
  const link = event.target.closest?.("[data-ask]");
  if (!link || !window.SellerChat) return;
  event.preventDefault();
  const [kind, ref] = link.dataset.ask.split(" ");
  window.SellerChat("entry", { kind, ref, landing: link.dataset.landing });
  window.SellerChat("open");
});
