// Where the links of an area are one strip, show the part of it that holds the open page.
for (const open of document.querySelectorAll(".sections [aria-current], .tabs [aria-current]")) {
  const strip = open.closest("ul, .tabs");
  strip.scrollLeft = open.offsetLeft - strip.offsetLeft - (strip.clientWidth - open.offsetWidth) / 2;
}
