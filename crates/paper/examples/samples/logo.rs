//! Logos drawn by code: nobody's mark. Deliberately absent: letters.

/// Side of a logo in pixels.
const SIDE: i32 = 160;

/// Three bars that rise within a ring, in a colour on nothing.
pub(crate) fn bars(colour: [u8; 3]) -> Vec<u8> {
    draw(colour, |x, y| {
        let ring = (68 * 68..=78 * 78).contains(&(x * x + y * y));
        let bar = |from: i32, top: i32| (from..from + 18).contains(&x) && (top..40).contains(&y);
        ring || bar(-37, 8) || bar(-9, -14) || bar(19, -38)
    })
}

/// A leaf of two arcs.
pub(crate) fn leaf(colour: [u8; 3]) -> Vec<u8> {
    draw(colour, |x, y| {
        let within = |cx: i32, cy: i32| (x - cx) * (x - cx) + (y - cy) * (y - cy) < 100 * 100;
        within(-48, 48) && within(48, -48) && !((x + y).abs() < 4 && y > -50 && x - y < 60)
    })
}

fn draw(colour: [u8; 3], inside: impl Fn(i32, i32) -> bool) -> Vec<u8> {
    let mut pixels = Vec::new();
    for y in 0..SIDE {
        for x in 0..SIDE {
            // Four samples of a pixel soften its edge.
            let hits = [(0, 0), (0, 1), (1, 0), (1, 1)].iter().filter(|(dx, dy)| {
                let at = |place: i32, more: i32| (place * 2 + more - SIDE) / 2;
                inside(at(x, *dx), at(y, *dy))
            });
            let alpha = u8::try_from(hits.count() * 255 / 4).unwrap_or(255);
            pixels.extend(colour);
            pixels.push(alpha);
        }
    }
    let mut bytes = Vec::new();
    let side = u32::try_from(SIDE).unwrap_or(0);
    let mut encoder = png::Encoder::new(&mut bytes, side, side);
    encoder.set_color(png::ColorType::Rgba);
    encoder.set_depth(png::BitDepth::Eight);
    let written = encoder.write_header().and_then(|mut writer| writer.write_image_data(&pixels));
    assert!(written.is_ok(), "a picture of a known size can be written");
    bytes
}
