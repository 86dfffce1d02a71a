// Finds the number whose hash, behind the salt, is the challenge; answers -1 if there is none. Apart from the page, so
// that writing goes on smoothly meanwhile.

const AT_ONCE = 256; // hashes asked for together: each alone would mostly wait

self.addEventListener("message", async ({ data: { algorithm, challenge, salt, max_number: most } }) => {
  const text = new TextEncoder();
  const wanted = Uint8Array.from(challenge.match(/../g), (pair) => parseInt(pair, 16));
  for (let begin = 0; begin <= most; begin += AT_ONCE) {
    const hashes = await Promise.all(
      Array.from({ length: AT_ONCE }, (_, place) => crypto.subtle.digest(algorithm, text.encode(salt + (begin + place)))),
    );
    const found = hashes.findIndex((hash) => new Uint8Array(hash).every((byte, place) => byte === wanted[place]));
    if (found >= 0) return self.postMessage(begin + found);
  }
  return self.postMessage(-1);
});
