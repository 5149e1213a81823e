// Every visible text on the page whose contrast with what lies behind it is below 4.5 (3 for large text).
const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });

function rgba(colour) {
  canvas.clearRect(0, 0, 1, 1);
  canvas.fillStyle = colour;
  canvas.fillRect(0, 0, 1, 1);
  const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
  return { r, g, b, a: a / 255 };
}

const over = (top, below) => ({
  r: top.r * top.a + below.r * (1 - top.a),
  g: top.g * top.a + below.g * (1 - top.a),
  b: top.b * top.a + below.b * (1 - top.a),
  a: 1,
});

function behind(element) {
  const layers = [];
  for (let e = element; e; e = e.parentElement) {
    const colour = rgba(getComputedStyle(e).backgroundColor);
    layers.push(colour);
    if (colour.a === 1) break;
  }
  return layers.reduceRight((below, top) => over(top, below));
}

function luminance({ r, g, b }) {
  const [x, y, z] = [r, g, b].map((v) => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
  return 0.2126 * x + 0.7152 * y + 0.0722 * z;
}

function ratio(element) {
  const background = behind(element);
  const text = over(rgba(getComputedStyle(element).color), background);
  const [dark, bright] = [luminance(text), luminance(background)].sort((a, b) => a - b);
  return (bright + 0.05) / (dark + 0.05);
}

const ownText = (e) => [...e.childNodes].filter((n) => n.nodeType === Node.TEXT_NODE).map((n) => n.data.trim()).join('');
const weak = [];
for (const e of document.body.querySelectorAll('*')) {
  const text = ownText(e) || (e.matches('input:is([type=text], [type=email], [type=password])') && e.value);
  if (!text || !e.checkVisibility() || e.closest('.hush, .shapes, script, noscript, svg')) continue;
  const style = getComputedStyle(e);
  const size = parseFloat(style.fontSize);
  const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
  const found = ratio(e);
  if (found < (large ? 3 : 4.5)) weak.push(`“${text}” has ${found.toFixed(2)}`);
}
return weak;
