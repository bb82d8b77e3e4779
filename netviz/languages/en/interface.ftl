# Every word of the pages that no lesson brings. Templates hold no language of their own.
skip = Skip to the text
site_navigation = Site
search = Search
search_for = Search lessons, methods and terms
close = Close
found = { $count } found
nothing_found = Nothing found
dark_page = Dark page
lessons = Lessons
lesson_of = Lesson { $number } of { $count }
you_will_learn = What you will learn
pictures = Choose a photo
on_this_page = On this page
previous = Previous
next = Next
begin = Begin: { $title }
contents = Contents
methods = Methods
methods_summary = Every method that a lesson may use, as its own declaration describes it.
glossary = Glossary
glossary_summary = The words of this course, in English and Chinese.
bibliography = Bibliography
bibliography_summary = What the lessons and methods cite, and where.
your_photo = Your photo
your_photo_summary = The network of this course, with the same weights, looks at a photo of yours, here in your browser. Nothing is uploaded, nothing installed.
try_your_photo = Look at a photo of yours in this way
credits = Credits
credits_summary = The photos, the weights and the software that this site is made of.
not_found = There is no such page
not_found_summary = It may have moved. The contents and the search lead on.
made_with = Computed with the weights
version = netviz { $version }

figure = Figure { $number }
follows_choice = your photo
enlarge = Enlarge
enlarge_figure = Enlarge { $figure }
keep_picture = Save as a picture
picture_from_folder = This page was opened from a folder, and then no browser lets it copy its pictures. Take a screenshot of this view, or open the site over the web.
picture_failed = The picture can't be made: a file of the figure can't be loaded.
embed = Embed
embed_how = Put this line into a page of yours. The figure comes with its credit and a link back.
embed_relative = Write the site's address before the page's name, which this page, opened from a folder, doesn't know.
copy = Copy
copied = Copied.
photo = Photo
photo_line = Photo: { $credit }
settings_line = Settings: { $settings }
figure_answers = Figure { $number }, which gives the answer
against = against
in_favour = in favour
darker_helps = darker would help
brighter_helps = brighter would help
below_mean = below the mean
above_mean = above the mean
color_bar = Colours from { $low } to { $high }.
clipped = Colours end at the { $percentile }th percentile; the greatest size is { $raw_max }.
compared = One scale for all values of the slider; colours end at the { $percentile }th percentile of all.
before = before
after = after
difference = { $shrunk ->
    [yes] difference, drawn at { PERCENT($times) } of its size
   *[no] difference, times { $times }
 }
grid = the grid as computed
smoothed = smoothed
target = Class explained
probability = Probability
logit = Logit
rank = Rank
name = Name
claims_kept = Checks kept: { $count } of { $count }
claim_broken = A claim of this lesson does not hold for this photo
claim_broken_here = A claim of this lesson does not hold
claim_measured = measured
holds = holds
fails = does not hold
evidence = How sentence { $number } is known
sentence_broken = Not so here:{" "}

drawer = How this figure was made
spec = The experiment as the lesson states it
code = Code that repeats it
cost = Cost
passes = { $forward } forward and { $backward } backward { $backward ->
    [one] pass
   *[other] passes
 }
training = { $steps } training steps of a small network
no_passes = no pass through a network
trained_here = trained by this build, seed { $seed }
tree_yes = yes
tree_no = no
tree_rows = ({ $rows } rows)
tree_leaf = { $share } of { $rows } rows
sentence_key = Beneath each word what it adds to the log-odds; a line that is dotted and blue speaks against, one that is solid and red in favour.
precision = Precision
weights = Weights
papers = Papers
measured = What was measured
top = The five likeliest classes
checks = Checks
data = The numbers behind the picture

look = Look
answer = Answer
choose = Choose an answer first.
guess_right = Right.
guess_wrong = Not right.
none_right = For this photo none of these is right.

raw_numbers = Raw numbers
raw_arrays = All arrays, from the project's folder:
take_along = Take this lesson along:
take_course = Take the whole course along:
clause = ,{" "}
labelled = { $name }: { $what }
comma = ,{" "}
full_stop = .{" "}
at_stop = {" "}({ $stop })
notebook = Jupyter notebook
script = Python script
script_intro = The lesson's code. Run it in the project's folder, in the environment that `make setup` makes.
block = Block { $number }
input = Input
classifier = Classifier
layer = Layer
shape = Shape
parameters = Parameters
receptive_field = Receptive field
whole_picture = the whole photo
unused = not on the way to the answer
measured_seconds = Seconds for one map, the median of all runs
measured_agreement = Rank correlation with our map
measured_where = Measured once, on { $date }, on { $cores } cores of { $processor }; not in this build.
measured_task = Method
all_layers = All layers, with shapes, parameters and receptive fields

network = The network, drawn from its layers' shapes
explorer = Explore the channels
explorer_photo = The photo; what the cell can see is bright
explorer_number = Channel
explorer_previous = Previous channel
explorer_next = Next channel
explorer_strongest = strongest
explorer_channel = { $layer }, channel { $number } of { $count }
explorer_max = greatest size
explorer_mean = mean
explorer_zeros = zeros
explorer_peak = peaks in row and column
explorer_cell = Row { $row }, column { $column }
explorer_unit = Unit { $number }
explorer_class = Unit { $number } ({ $name })
explorer_field = { $where } sees the photo's pixels { $left } to { $right } across and { $top } to { $bottom } down.
explorer_whole = { $where } sees the whole photo.
explorer_keys = Point at the channel, or move from cell to cell with the arrow keys; Page Up and Page Down change the channel. Rows, columns and pixels count from 1, channels from 0.

readout_how = Touch the map or point at it, or move over it with the arrow keys, to read its values.
readout_each = Row { $row }, column { $column } of { $rows } × { $columns }: { $value }
readout_strongest = Strongest value in cell { $row }, { $column } of { $rows } × { $columns }: { $value }
readout_patch = Without the patch in row { $row }, column { $column } the score drops by { $value }
readout_remains = , to { $remains }
readout_cells = Values of the map; the arrow keys move from cell to cell
divider = Where the picture before ends and the one after begins

map_zero = The map is zero everywhere: nothing to see.
map_constant = The map has the same value everywhere ({ $raw_max } in size), so it is not drawn.
map_not_finite = Some values of the map are not finite numbers, so it is not drawn.
map_near_zero = All values of the map are close to zero: at most { $raw_max } in size.
map_faint = Faint: far weaker than the maps whose scale it shares.

settings = Settings
setting = Setting
allowed = Allowed
default = Default
meaning = Meaning
fields =
    { $kind ->
        [question] Fields of a question
        [front-matter] Fields at the top of a lesson
        [photo] Fields of a photo
        [site] Fields of site.yaml
       *[experiment] Fields of an experiment
    }
field = Field
without_it = Without it
needed = needed
aggregates = What many results are summed up by
aggregate = Function
summed_up = Sums up
sums_conditions = conditions
sums_numbers = numbers
looks_at = Looks at
looks_at_picture = a photo
looks_at_data = data of its own
gives = Gives
views = Ways to draw it
signed_map = with signs
unsigned_map = without signs
by_settings = depends on the settings

photos = Photos
photos_summary = The photos that this course is about.
photos_lead = Beneath each photo stands what the network says to it. Follow one, and the whole course is about it.
network_says = The network says: { $name }, { $probability }
seen = The network sees { PERCENT($share) } of it, the square that is shown here; below, where it lies.
illustrations = Pictures in lessons
own_photo = Provided by the reader who built this site.
source = Source
licence = Licence
digest = SHA-256
software = Software and data

gives_scores = scores
gives_feature_maps = feature maps
gives_attribution = a map
gives_contributions = what each input contributes
gives_check = a check
gives_picture = a picture
draft = Draft
draft_means = A quick look with fewer samples, steps and photos of galleries: its figures and numbers are not the course's.
not_woven = This page has not been built yet: only other lessons were asked for. It will be there when the whole course is built.

# Galleries: one experiment on many photos.
on_photos = { $count ->
    [one] on one photo
   *[other] on { $count } photos
 }
all_photos = { $count ->
    [one] The photo
   *[other] All { $count } photos
 }
all_photos_short = All photos
photos_by_class = Photos by class
photos_from_to = Photos { $first } to { $last } of { $count }
photos_of_class = { $count ->
    [one] One photo
   *[other] { $count } photos
 }
own_scales = Each map has a scale of its own.
pages_of_photos = Pages of photos
page_of = Page { $number } of { $count }
ways_through = Ways through the photos
seen_right = right
seen_wrong = wrong
seen_as = Seen as { $name }
seen_as_others = Seen as other classes
photo_shows = shows: { $name }
no_label = Without a label
right_on = The network's first class is the label on { $share } of { $count } labelled photos.
photos_refused = { $count ->
    [one] One file is left out
   *[other] { $count } files are left out
 }
refused_more = and { $count } more, which the build tells of
averages = Averages over the photos
average_mean = mean
average_spread = standard deviation
average_least = least
average_median = median
average_greatest = greatest
probability_of_first = probability of the first class
mean_and_spread = Mean ± standard deviation over the photos of a class; of one photo alone, its own value.
confusion = Which class is seen as which
confusion_shows = The photo shows
confusion_cell = { $count } of { $shown } seen as { $seen }
another_class = another class
classes_left_out = { $count ->
    [one] One more class has fewer photos and stands
   *[other] { $count } more classes have fewer photos and stand
 } in the table of all classes.
classes_table = All classes
class_of_photos = Class
share_right = Right
cost_of_photo = Cost of one photo
code_of_photo = Code that repeats it for the first photo
sort_and_filter = Sort and filter
sort_by = Sort by
sort_gallery = the gallery's order
sort_title = title
sort_said = class, as the network says
sort_label = class, as labelled
sort_descending = in reverse
filter_said = The network says
filter_label = The photo shows
filter_right = The answer is
filter_any = any
filter_number = Number
filter_least = at least
filter_most = at most
filter_reset = Show all
sorting_failed = What is known of the photos can't be loaded.
