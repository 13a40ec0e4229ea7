/*
 * Before anything else, in words that every browser reads: one that is too old for the page is told
 * so, and where the page's own script did not run the page is damaged.
 */
(function () {
  var root = document.documentElement;
  // as young as the youngest thing the page needs: Chromium 80, Firefox 113, Safari 16.4
  if (!window.DecompressionStream) root.className = 'unable';
  window.onload = function () {
    if (root.className || (window.hbgeo && window.hbgeo.ready)) return;
    /** @type {any} */
    var line = document.getElementById('unable');
    line.textContent = line.getAttribute('data-damaged');
    root.className = 'unable';
  };
}());
