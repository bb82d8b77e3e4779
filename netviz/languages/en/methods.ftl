# By method: what its chart's axes measure, .x and .y (for one of its views, .plane-x); the .unit of its map's values; what its
# maps are called, each (.map-1 …) or all (.map, with $number, or the $value that it declares). $score is logit or probability.
# A language may also have .title and .summary: they go before those of the method's declaration.

activation-maximisation =
    .x = steps taken
    .y = what the network says to the moved picture
    .map = channel { $value }

exciting-places =
    .map = channel { $value }

regularisers-one-by-one =
    .map-1 = pixel by pixel
    .map-2 = + waves
    .map-3 = + independent colours
    .map-4 = + random movements

agreement-matrix =
    .x = rank correlation of two maps, by their numbers
    .y = maps

calibration =
    .x = probability that the network gives
    .y = share of which it is so

cascading-randomisation =
    .x = stages: 0 trained, then one block more at random, from the output down
    .y = likeness to the map of the trained network
    .map-1 = as trained
    .map-2 = + head
    .map-3 = + block 5
    .map-4 = + block 4
    .map-5 = + block 3
    .map-6 = + block 2
    .map-7 = + block 1

deletion =
    .x = pixels deleted, share of all
    .y = score ({ $score })

finite-differences =
    .x = slope predicted by the gradient, { $score } per RGB step
    .y = slope measured, { $score } per RGB step

cams-through-blocks =
    .x = block of the network
    .y = share of the map in the box

fineness =
    .x = pixels between the two
    .y = correlation

gradient =
    .unit = { $score } per RGB step

gradient-norms =
    .x = probability of the class
    .y = length of the gradient, per RGB step

gradient-reach =
    .x = words that come after it
    .y = median, as a share of the last word's

gradient-x-input =
    .unit = { $score }

infidelity =
    .x = drop that the map promises
    .y = drop of the score, { $score }

head-calibration =
    .x = probability that the network gives its first answer
    .y = share of these answers that are right

class-test =
    .map-1 = for the class explained
    .map-2 = for the other class

insertion =
    .x = pixels shown, share of all
    .y = score ({ $score })

integrated-gradients =
    .unit = { $score }

integrated-path =
    .x = position on the path: 0 baseline, 1 picture
    .y = change of the score, { $score }
    .unit = { $score }

inversion =
    .x = steps taken
    .y = relative loss
    .map-1 = the photo
    .map-2 = the made picture

kernel-shap =
    .unit = { $score }

lime =
    .unit = { $score }

lime-spread =
    .x = samples of a run
    .y = rank correlation of two runs; number of heaviest regions
    .map = run { $number }

lrp-composite =
    .unit = logit

lrp-epsilon =
    .unit = logit

lrp-z-plus =
    .unit = logit

max-sensitivity =
    .map-1 = the photo
    .map-2 = the disturbed photo

mu-fidelity =
    .x = sum of the map over the hidden cells
    .y = drop of the score, { $score }

nudge =
    .x = nudge along the gradient, RGB steps (root mean square)
    .y = score ({ $score })

occlusion =
    .unit = { $score }

plain-tape =
    .x = derivative by this site, logit per RGB step
    .y = derivative by a bare tape, logit per RGB step

receptive-field =
    .unit = activation per RGB step

recorded-weights =
    .unit = { $score }

rise =
    .unit = { $score }

smoothgrad =
    .unit = { $score } per RGB step

spread-over-baselines =
    .x = rank correlation of two maps, by their numbers
    .y = maps
    .map-1 = black
    .map-2 = mean colour
    .map-3 = white
    .map-4 = blurred
    .map-5 = noise

spread-over-seeds =
    .x = rank correlation of two maps, by their numbers
    .y = maps
    .map = seed { $value }

ten-views =
    .map = { $value ->
        [original] as it is
        [left] to the left
        [right] to the right
        [turned-left] turned left
        [turned-right] turned right
        [mean] mean of all, brought back
       *[other] { $value }
    }

train-classifier =
    .x = steps of training
    .y = cross-entropy
    .plane-x = length of the petal, cm
    .plane-y = width of the petal, cm

train-regression =
    .x = steps of training
    .y = half the mean squared error, cm²
    .plane-x = length of the petal, cm
    .plane-y = width of the petal, cm

train-from-starts =
    .x = hidden units
    .y = starts that find the way

explanations-by-depth =
    .x = layers
    .y = share or correlation

steps-that-count =
    .x = step, standard deviations of what is moved
    .y = share of steps that change the score

several-samples =
    .unit = log-odds
    .map = { $value ->
        [mean] mean
       *[other] { $value }
    }

single-values =
    .x = change of the logit that the gradient predicts for one level
    .y = change that was measured

unit-gradient =
    .unit = activation per RGB step
