// What is painted: the plane with D's map, the warped grid, points and arrows, its colour bar, and two small charts.
// Colours are Okabe and Ito's; what is real is also round, what is fake a triangle, dashed in the charts.

const PLANE = { left: 30, top: 8, size: 470, width: 610, height: 510 };
const BAR = { left: 520, width: 16 };
const INK = { real: "#00395c", fake: "#7a2e00", net: "#5b2a86", text: "#222" };
const [LOW, HIGH] = [[213, 94, 0], [0, 114, 178]]; // the palette's orange (fake) and blue (real)

// 256 colours from fake over white to real, lightened so that points stand out.
const SHADES = Array.from({ length: 256 }, (_, i) => {
  const v = i / 255;
  const share = 0.7 * Math.abs(2 * v - 1);
  return (v < 0.5 ? LOW : HIGH).map((c) => Math.round(255 + share * (c - 255)));
});

function crisp(canvas, width, height) {
  const ratio = window.devicePixelRatio || 1;
  if (canvas.width !== Math.round(width * ratio)) [canvas.width, canvas.height] = [width * ratio, height * ratio].map(Math.round);
  const pen = canvas.getContext("2d");
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  pen.fillStyle = "#fff";
  pen.fillRect(0, 0, width, height);
  pen.font = "12px sans-serif";
  return pen;
}

function tile(map) {
  const [rows, columns] = map.shape;
  const image = new ImageData(columns, rows);
  for (let i = 0; i < rows * columns; i++) {
    const from = (rows - 1 - Math.floor(i / columns)) * columns + (i % columns); // the first row is the lowest y
    const shade = SHADES[Math.round(255 * Math.min(1, Math.max(0, map.values[from] || 0)))];
    image.data.set([...shade, 255], 4 * i);
  }
  const canvas = new OffscreenCanvas(columns, rows);
  canvas.getContext("2d").putImageData(image, 0, 0);
  return canvas;
}

// The line on which D does not decide: where the map crosses 0.5, cell by cell.
function contour(pen, map, at) {
  const [rows, columns] = map.shape;
  const value = (r, c) => map.values[r * columns + c] - 0.5;
  pen.beginPath();
  for (let r = 0; r + 1 < rows; r++) {
    for (let c = 0; c + 1 < columns; c++) {
      const corners = [[r, c], [r, c + 1], [r + 1, c + 1], [r + 1, c]];
      const cuts = [];
      for (let k = 0; k < 4; k++) {
        const [a, b] = [corners[k], corners[(k + 1) % 4]];
        const [va, vb] = [value(...a), value(...b)];
        if (va < 0 !== vb < 0) {
          const t = va / (va - vb);
          cuts.push([a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1])]);
        }
      }
      for (let k = 0; k + 1 < cuts.length; k += 2) {
        pen.moveTo(...at((cuts[k][1] + 0.5) / columns, (cuts[k][0] + 0.5) / rows));
        pen.lineTo(...at((cuts[k + 1][1] + 0.5) / columns, (cuts[k + 1][0] + 0.5) / rows));
      }
    }
  }
  Object.assign(pen, { strokeStyle: "#555", lineWidth: 1 });
  pen.setLineDash([5, 3]);
  pen.stroke();
  pen.setLineDash([]);
}

// Every cell of the noise's grid holds the same share of the fakes: the smaller it is here, the darker.
function warped(pen, net, to) {
  const [rows, columns] = net.shape;
  const corner = (r, c) => to(net.values[2 * (r * columns + c)], net.values[2 * (r * columns + c) + 1]);
  Object.assign(pen, { strokeStyle: "rgb(91 42 134 / 0.45)", lineWidth: columns > 1 ? 0.6 : 3 });
  for (let r = 0; r + 1 < rows; r++) {
    for (let c = 0; c < Math.max(1, columns - 1); c++) {
      const cell = columns > 1 ? [[r, c], [r, c + 1], [r + 1, c + 1], [r + 1, c]] : [[r, 0], [r + 1, 0]];
      const points = cell.map(([i, j]) => corner(i, j));
      let area = 0;
      points.forEach(([x, y], k) => {
        const [u, v] = points[(k + 1) % points.length];
        area += (x * v - u * y) / 2;
      });
      pen.beginPath();
      points.forEach((point, k) => (k ? pen.lineTo(...point) : pen.moveTo(...point)));
      if (columns > 1) {
        pen.closePath();
        pen.fillStyle = `rgb(91 42 134 / ${Math.min(0.6, 60 / (Math.abs(area) + 60))})`;
        pen.fill();
      }
      pen.stroke();
    }
  }
}

function mark(pen, x, y, kind, size = 4) {
  pen.beginPath();
  if (kind === "real") pen.arc(x, y, 0.8 * size, 0, 7);
  else {
    pen.moveTo(x, y - 1.1 * size);
    pen.lineTo(x + size, y + 0.8 * size);
    pen.lineTo(x - size, y + 0.8 * size);
    pen.closePath();
  }
  Object.assign(pen, { fillStyle: INK[kind], strokeStyle: "#fff", lineWidth: 0.8 });
  pen.fill();
  pen.stroke();
}

function arrow(pen, x, y, u, v) {
  const length = Math.hypot(u - x, v - y);
  if (!(length > 1)) return;
  const [dx, dy] = [(u - x) / length, (v - y) / length];
  const head = Math.min(6, length);
  pen.beginPath();
  pen.moveTo(x, y);
  pen.lineTo(u, v);
  pen.moveTo(u - head * (dx + 0.5 * dy), v - head * (dy - 0.5 * dx));
  pen.lineTo(u, v);
  pen.lineTo(u - head * (dx - 0.5 * dy), v - head * (dy + 0.5 * dx));
  for (const [strokeStyle, lineWidth] of [["#fff", 3.2], ["#000", 1.3]]) {
    Object.assign(pen, { strokeStyle, lineWidth });
    pen.stroke();
  }
}

function pairs(array, act) {
  const width = array.shape[1];
  for (let i = 0; i < array.shape[0]; i++) act(...array.values.subarray(i * width, (i + 1) * width));
}

function frameOfPlane(pen, extent, bar) {
  const { left, top, size } = PLANE;
  Object.assign(pen, { strokeStyle: "#666", fillStyle: INK.text, lineWidth: 1, textBaseline: "top", textAlign: "center" });
  pen.strokeRect(left + 0.5, top + 0.5, size, size);
  for (let v = -Math.floor(extent); v <= extent; v++) {
    const share = (v + extent) / (2 * extent);
    pen.textAlign = "center";
    pen.fillText(String(v).replace("-", "\u2212"), Math.min(left + share * size, left + size - 4), top + size + 5);
    pen.textAlign = "right";
    pen.fillText(String(v).replace("-", "\u2212"), left - 5, Math.max(0, top + (1 - share) * size - 6));
  }
  if (!bar.title) return;
  const shade = pen.createLinearGradient(0, top + size, 0, top);
  for (const stop of [0, 0.5, 1]) shade.addColorStop(stop, `rgb(${SHADES[Math.round(255 * stop)]})`);
  pen.fillStyle = shade;
  pen.fillRect(BAR.left, top, BAR.width, size);
  pen.strokeRect(BAR.left + 0.5, top + 0.5, BAR.width, size);
  Object.assign(pen, { fillStyle: INK.text, textAlign: "left" });
  const right = BAR.left + BAR.width + 5;
  const ends = [[bar.high, "real", top], [bar.middle, "undecided", top + size / 2 - 12], [bar.low, "fake", top + size - 26]];
  for (const [number, word, y] of ends) {
    pen.fillText(number, right, y);
    pen.fillText(word, right, y + 14);
  }
  pen.save();
  pen.translate(right + 12, top + 0.25 * size);
  pen.rotate(-Math.PI / 2);
  pen.textAlign = "center";
  pen.fillText(bar.title, 0, 0);
  pen.restore();
}

function paintPlane(canvas, frame, extent, drawing, cursor, blank) {
  const pen = crisp(canvas, PLANE.width, PLANE.height);
  const { left, top, size } = PLANE;
  const at = (across, up) => [left + across * size, top + (1 - up) * size];
  const to = (x, y) => at((x + extent) / (2 * extent), (y + extent) / (2 * extent));
  const map = frame.arrays.map;
  pen.save();
  pen.beginPath();
  pen.rect(left, top, size, size);
  pen.clip();
  if (blank) {
    Object.assign(pen, { fillStyle: "#777", textAlign: "center" });
    if (!drawing.length) pen.fillText("draw here", left + size / 2, top + size / 2);
    for (const [x, y] of drawing) mark(pen, ...to(x, y), "real", 5);
  } else paintGame(pen, frame.arrays, at, to);
  if (cursor) {
    const [x, y] = to(...cursor);
    Object.assign(pen, { strokeStyle: "#000", lineWidth: 2 });
    pen.strokeRect(x - 7, y - 7, 14, 14);
  }
  pen.restore();
  frameOfPlane(pen, extent, map && !blank ? frame.bar : {});
}

function paintGame(pen, { map, manifold, real, fake, arrows }, at, to) {
  const { left, top, size } = PLANE;
  if (map) {
    pen.imageSmoothingEnabled = true;
    pen.drawImage(tile(map), left, top, size, size);
    contour(pen, map, at);
  }
  if (manifold) warped(pen, manifold, to);
  if (real) pairs(real, (x, y) => mark(pen, ...to(x, y), "real"));
  if (fake) pairs(fake, (x, y) => mark(pen, ...to(x, y), "fake"));
  if (arrows) pairs(arrows, (x, y, dx, dy) => arrow(pen, ...to(x, y), ...to(x + dx, y + dy)));
}

const CHART = { width: 430, height: 130, left: 44, right: 10, top: 24, bottom: 20 };
const OF_PLAYERS = [{ color: "#009E73", dash: [] }, { color: "#D55E00", dash: [7, 4] }];
const OF_DISTANCES = [{ color: "#000000", dash: [2, 3] }, { color: "#CC79A7", dash: [9, 3, 2, 3] }];

function paintChart(canvas, rows, names, lines, lowest) {
  const pen = crisp(canvas, CHART.width, CHART.height);
  const { left, top } = CHART;
  const [width, height] = [CHART.width - left - CHART.right, CHART.height - top - CHART.bottom];
  const [n, columns] = rows ? rows.shape : [0, 3];
  const column = (k) => Array.from({ length: n }, (_, i) => rows.values[i * columns + k]);
  const values = [...column(1), ...column(2)].filter(Number.isFinite);
  const low = Math.min(lowest, ...values);
  const high = Math.max(low + 0.1, ...values);
  const last = Math.max(1, ...column(0));
  Object.assign(pen, { fillStyle: INK.text, strokeStyle: "#999", lineWidth: 1, textBaseline: "middle", textAlign: "right" });
  for (const v of [low, (low + high) / 2, high]) {
    const y = top + (1 - (v - low) / (high - low)) * height;
    pen.fillText(v.toPrecision(2), left - 5, y);
    pen.globalAlpha = 0.4;
    pen.strokeRect(left, Math.round(y) + 0.5, width, 0);
    pen.globalAlpha = 1;
  }
  pen.fillText(`step ${last.toLocaleString("en-US")}`, left + width, CHART.height - 8);
  pen.textAlign = "left";
  names.forEach((name, k) => {
    const x = left + k * 190;
    pen.beginPath();
    pen.setLineDash(lines[k].dash);
    Object.assign(pen, { strokeStyle: lines[k].color, lineWidth: 2 });
    pen.moveTo(x, 10);
    pen.lineTo(x + 28, 10);
    for (let i = 0; i < n; i++) {
      const [step, v] = [rows.values[i * columns], rows.values[i * columns + k + 1]];
      const point = [left + (step / last) * width, top + (1 - (v - low) / (high - low)) * height];
      i ? pen.lineTo(...point) : pen.moveTo(...point);
    }
    pen.stroke();
    pen.setLineDash([]);
    pen.fillText(name, x + 34, 10);
  });
}
