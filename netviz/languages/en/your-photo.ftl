# The page "Your photo": a reader's own photo, looked at by the course's network in the browser.
needs-scripts = This page works with JavaScript only: the network runs in your browser. The rest of the site needs none.
choose = Choose a photo
choose-how = Choose a file, drop one on this page, paste one, or take a sample. It stays on your computer. The network ({ $megabytes } MB) is then loaded into this page, once.
choose-file = Choose a file
choose-camera = Take a photo
choose-sample = A sample:
whole-photo = Your photo; the network sees what is bright. Drag the square, or move it with the arrow keys.
seen-photo = What the network sees: { $side } × { $side } pixels
answer = What the network says
answer-table = The likeliest classes
class-name = Class
class-explained = Class to explain
class-against = Compared with
class-how = Type a name, in English or Chinese; left empty, it is the likeliest class.
method = What speaks for it
method-choose = Method
settings = Settings
draw = Draw the map
stop = Stop
about-machine = How it runs
machine = The network runs in your browser on WebAssembly, on one thread: it was opened in { $opening } s, and answers in { $seconds } s.
weights = Weights: { $label }, rounded to 8 bits in the convolutions and to 16 in the head. So probabilities differ from those of the lessons by up to 0.02.

loading = Loading the network …
asking = The network looks at the photo …
answered = { $name }, { $probability }. The network took { $seconds } s.
drawing = Drawing …
drawing-long = { $done } of { $of } passes; about { $seconds } s left.
drawn = Drawn in { $seconds } s.
stopped = Stopped. The map shows what was done until then.

no-picture = { $name } is no picture that this browser can read. JPEG, PNG and WebP are read by all; export yours as one of them.
photo-too-large = This photo has { $megapixels } megapixels, and at most 100 can be taken: make it smaller first.
photo-too-heavy = This file has more than 1 GB: make it smaller first.
network-lost = The network could not be loaded: the connection was lost, or a file is missing. Choose a photo again to go on where it stopped.
network-damaged = The file { $name } is not the one that this site was built with: it was damaged or changed on its way. Nothing of it was used. Reload the page to try again.
network-failed = The network failed in this browser: { $reason }
browser-old = This browser can't unpack the network: it needs one from 2023 or later.
no-webassembly = This browser runs no WebAssembly, or a setting forbids it, so the network can't run here.
too-little-memory = There is too little memory for the network, which takes about half a gigabyte. Close other pages, or use a larger device.

setting-layer = Layer
setting-samples = Noisy copies
setting-noise = Noise, as a share of the range of values
setting-seed = Seed
setting-steps = Steps
setting-patch = Side of the patch, in pixels
setting-stride = Pixels from one patch to the next

number-norm = Length
number-largest = Greatest single value
number-sum = Sum
number-change = Change of the score
number-error = Gap, as a share
number-deviation = Noise, in RGB steps
number-row = Strongest cell: row
number-column = Column
number-score = Score
number-largest-drop = Greatest drop
number-against = Patches against it

check-slope = A small step along the gradient changes the score by { $found } per unit; the gradient's length is { $norm }.
check-account = The map adds up to { $sum }, and the score changes by { $change }: a gap of { $error }.
holds = The check holds.
fails = The check does not hold.

map-alternative = Map of { $method } for { $name }
map-zero = The map is zero everywhere: nothing to see.
map-constant = The map has the same value everywhere, so it is not drawn.
map-not-finite = Some values of the map are not finite numbers, so it is not drawn.
color-bar = Colours from { $low } to { $high }.
clipped = Colours end at the { $percentile }th percentile; the greatest size is { $max }.
reading-cells = Values of the map; the arrow keys move from cell to cell
reading-how = Touch the map or point at it, or move over it with the arrow keys, to read its values.
reading-cell = Row { $row }, column { $column } of { $rows } × { $columns }: { $value }
reading-patch = Without this patch the score changes by { $drop } to { $remains }; it is { $score } with it.
