"use strict";

const crypto = require("node:crypto");

const TOLERANCE_SECONDS = 300;

// Diz se um aviso foi assinado com o segredo, há cinco minutos no máximo. "body" é o corpo cru.
function isSigned(secret, headers, body, now = Date.now() / 1000) {
  const stamp = String(headers["x-cogep-timestamp"] ?? "");
  if (!/^\d{1,12}$/.test(stamp) || Math.abs(now - Number(stamp)) > TOLERANCE_SECONDS) return false;
  const digest = crypto.createHmac("sha256", secret).update(`v1:${stamp}:`).update(body).digest("hex");
  const expected = Buffer.from(`v1=${digest}`);
  return String(headers["x-cogep-signature"] ?? "")
    .split(",")
    .some((one) => {
      const given = Buffer.from(one.trim());
      return given.length === expected.length && crypto.timingSafeEqual(given, expected);
    });
}

exports.isSigned = isSigned;
