// Counts the pixels in which two pictures (base64 of PNG) differ so much that one sees it.
async ([first, second]) => {
  const SEEN = 24; // of 255, in any channel: less is how edges of letters happen to be drawn
  const pixels = async text => {
    const bytes = Uint8Array.from(atob(text), c => c.charCodeAt(0));
    const image = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
    const context = new OffscreenCanvas(image.width, image.height).getContext("2d");
    context.drawImage(image, 0, 0);
    return context.getImageData(0, 0, image.width, image.height);
  };
  const [a, b] = [await pixels(first), await pixels(second)];
  if (a.width !== b.width || a.height !== b.height) return a.width * a.height;
  let count = 0;
  for (let i = 0; i < a.data.length; i += 4)
    count += [0, 1, 2].some(channel => Math.abs(a.data[i + channel] - b.data[i + channel]) > SEEN);
  return count;
}
