<?php
// Reads {"width","height","pixels" (base64 RGBA),"jobs":{name:[filter, ...arguments]}} and answers {name: base64 RGBA} as php-gd computes it.
// Alpha is GD's: seven bits, 127 transparent. Blending is off, so that a result replaces what was there.
$input = json_decode(stream_get_contents(STDIN), true);
[$width, $height, $pixels] = [$input['width'], $input['height'], base64_decode($input['pixels'])];
$results = [];
foreach ($input['jobs'] as $name => $job) {
    $image = imagecreatetruecolor($width, $height);
    imagealphablending($image, false);
    imagesavealpha($image, true);
    for ($i = 0; $i < $width * $height; $i++) {
        [$r, $g, $b, $a] = array_map('ord', str_split(substr($pixels, $i * 4, 4)));
        imagesetpixel($image, $i % $width, intdiv($i, $width), ((127 - ($a >> 1)) << 24) | ($r << 16) | ($g << 8) | $b);
    }
    foreach ($job as $call) {
        $filter = array_shift($call);
        if ($filter === 'flip') imageflip($image, ...$call);
        else imagefilter($image, constant('IMG_FILTER_' . $filter), ...$call);
    }
    $out = '';
    for ($i = 0; $i < $width * $height; $i++) {
        $c = imagecolorat($image, $i % $width, intdiv($i, $width));
        $a = ($c >> 24) & 127;
        $out .= chr(($c >> 16) & 255) . chr(($c >> 8) & 255) . chr($c & 255) . chr(255 - (($a << 1) + ($a >> 6)));
    }
    $results[$name] = base64_encode($out);
}
echo json_encode($results);
