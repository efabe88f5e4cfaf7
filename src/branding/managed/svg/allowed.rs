//! What an image may be made of: the elements and attributes of SVG that draw. Scripts, animation, links, embedded documents and whatever
//! fetches something are not here.

use phf::{Set, phf_set};

pub static ELEMENTS: Set<&'static str> = phf_set! {
    "svg", "g", "defs", "symbol", "use", "title", "desc", "style", "switch",
    "path", "rect", "circle", "ellipse", "line", "polyline", "polygon", "image",
    "text", "tspan", "textPath",
    "linearGradient", "radialGradient", "stop", "pattern", "clipPath", "mask", "marker", "filter",
    "feBlend", "feColorMatrix", "feComponentTransfer", "feComposite", "feConvolveMatrix", "feDiffuseLighting", "feDisplacementMap",
    "feDistantLight", "feDropShadow", "feFlood", "feFuncA", "feFuncB", "feFuncG", "feFuncR", "feGaussianBlur", "feMerge", "feMergeNode",
    "feMorphology", "feOffset", "fePointLight", "feSpecularLighting", "feSpotLight", "feTile", "feTurbulence",
};

/// Elements that may refer to another part of the image.
pub static LINKING: Set<&'static str> = phf_set! {
    "use", "textPath", "linearGradient", "radialGradient", "pattern", "filter",
};

/// Attributes that are no properties of a style.
pub static ATTRIBUTES: Set<&'static str> = phf_set! {
    "id", "class", "lang", "xml:lang", "xml:space", "version", "baseProfile", "role", "aria-hidden", "aria-label", "aria-labelledby",
    "viewBox", "preserveAspectRatio", "x", "y", "x1", "y1", "x2", "y2", "z", "dx", "dy", "rotate", "points", "pathLength", "type",
    "fx", "fy", "fr", "offset", "gradientUnits", "gradientTransform", "spreadMethod", "patternUnits", "patternContentUnits", "patternTransform",
    "clipPathUnits", "maskUnits", "maskContentUnits", "markerUnits", "markerWidth", "markerHeight", "orient", "refX", "refY",
    "filterUnits", "primitiveUnits", "in", "in2", "result", "mode", "values", "operator", "k1", "k2", "k3", "k4", "order", "kernelMatrix",
    "divisor", "bias", "targetX", "targetY", "edgeMode", "preserveAlpha", "kernelUnitLength", "surfaceScale", "diffuseConstant",
    "specularConstant", "specularExponent", "scale", "xChannelSelector", "yChannelSelector", "azimuth", "elevation", "tableValues", "slope",
    "intercept", "amplitude", "exponent", "stdDeviation", "radius", "baseFrequency", "numOctaves", "seed", "stitchTiles",
    "pointsAtX", "pointsAtY", "pointsAtZ", "limitingConeAngle", "textLength", "lengthAdjust", "startOffset", "method", "spacing", "side",
};

/// Properties of a style, which are attributes too.
pub static PROPERTIES: Set<&'static str> = phf_set! {
    "width", "height", "cx", "cy", "r", "rx", "ry", "d", "transform", "transform-origin", "transform-box",
    "alignment-baseline", "baseline-shift", "clip", "clip-path", "clip-rule", "color", "color-interpolation", "color-interpolation-filters",
    "color-rendering", "direction", "display", "dominant-baseline", "enable-background", "fill", "fill-opacity", "fill-rule", "filter",
    "flood-color", "flood-opacity", "font", "font-family", "font-size", "font-size-adjust", "font-stretch", "font-style", "font-variant",
    "font-weight", "glyph-orientation-horizontal", "glyph-orientation-vertical", "image-rendering", "isolation", "kerning", "letter-spacing",
    "lighting-color", "line-height", "marker", "marker-end", "marker-mid", "marker-start", "mask", "mask-type", "mix-blend-mode", "opacity",
    "overflow", "paint-order", "shape-rendering", "stop-color", "stop-opacity", "stroke", "stroke-dasharray", "stroke-dashoffset",
    "stroke-linecap", "stroke-linejoin", "stroke-miterlimit", "stroke-opacity", "stroke-width", "text-align", "text-anchor",
    "text-decoration", "text-rendering", "unicode-bidi", "vector-effect", "visibility", "white-space", "word-spacing", "writing-mode",
};

/// Functions that compute a value of a property.
pub static FUNCTIONS: Set<&'static str> = phf_set! {
    "rgb", "rgba", "hsl", "hsla", "calc", "min", "max",
    "matrix", "translate", "translatex", "translatey", "scale", "scalex", "scaley", "rotate", "skewx", "skewy",
    "circle", "ellipse", "inset", "polygon",
    "blur", "brightness", "contrast", "drop-shadow", "grayscale", "hue-rotate", "invert", "opacity", "saturate", "sepia",
};
