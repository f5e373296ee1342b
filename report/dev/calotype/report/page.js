// Draws the charts, and again when the reader changes between light and dark.
(function () {
  'use strict';
  const root = document.documentElement;
  const specs = JSON.parse(document.getElementById('specs').textContent);
  const fail = message => {
    root.dataset.errors = String(Number(root.dataset.errors) + 1);
    root.dataset.error = String(message);
  };
  window.addEventListener('error', event => fail(event.message));
  window.addEventListener('unhandledrejection', event => fail(event.reason));

  const theme = () => {
    const style = getComputedStyle(root);
    const text = style.getPropertyValue('--text').trim();
    const quiet = style.getPropertyValue('--quiet').trim();
    const line = style.getPropertyValue('--line').trim();
    const font = getComputedStyle(document.body).fontFamily;
    return {
      background: 'transparent',
      font,
      view: {stroke: null},
      axis: {
        labelColor: text, titleColor: quiet, gridColor: line, domainColor: line, tickColor: line,
        labelFontSize: 12, titleFontSize: 12, titleFontWeight: 'normal', labelLimit: 340, titlePadding: 8
      },
      legend: {labelColor: text, titleColor: quiet, labelFontSize: 12, symbolSize: 70},
      rule: {strokeCap: 'round'}
    };
  };

  const draw = () => {
    const config = theme();
    let drawn = 0;
    return Promise.all([...document.querySelectorAll('[data-chart]')].map(place =>
      vegaEmbed(place, specs[place.dataset.chart], {
        config,
        renderer: 'svg',
        actions: {export: true, source: false, compiled: false, editor: false},
        tooltip: {theme: matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light'}
      }).then(() => { drawn++; }, fail)
    )).then(() => { root.dataset.charts = String(drawn); });
  };

  draw();
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', draw);
})();
