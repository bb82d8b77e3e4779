# What stands in for a figure when it is not seen: one sentence for each thing that a panel shows.
# $method, $target and $picture are names; $has_method … say yes or no. Numbers come as they are measured.

several = { $count } pictures. The first: { $first }
comma = ,{" "}
semicolon = ;{" "}

# The ninth of a picture in which something lies.
place = { $place ->
    [upper-left] upper left
    [upper-centre] upper centre
    [upper-right] upper right
    [centre-left] centre left
    [centre-right] centre right
    [lower-left] lower left
    [lower-centre] lower centre
    [lower-right] lower right
   *[centre] centre
}

The-picture = { $has_picture ->
    [yes] { $picture }
   *[no] The picture
}
the-picture = { $has_picture ->
    [yes] { $picture }
   *[no] the picture
}
for-target = { $has_target ->
    [yes] {" "}for { $target }
   *[no] {""}
}
opening = { $has_method ->
    [yes] { $method }:{" "}
   *[no] {""}
}

## Maps

map = { map-subject }: { map-findings }.

# $laid: over the picture, as the grid that was computed (of $height by $width cells) or smoothly, or only computed on it.
map-subject = { $has_method ->
    [yes] { $method }
   *[no] Map
 }{ for-target }{ $numbered ->
    [yes] , { $number } of { $count }
   *[no] {""}
 }{ $laid ->
    [grid] , its grid of { $height } by { $width } cells laid over { the-picture }
    [over] , laid over { the-picture }
    [on] { map-on }
   *[no] {""}
 }
map-on = { $has_picture ->
    [yes] , computed on { $picture }
   *[no] {""}
 }
map-findings = { $state ->
    [zero] zero everywhere, so there is nothing to see
    [constant] the same value everywhere, so it singles out no place
    [not-finite] some of its values are not finite numbers, so it is not drawn
   *[drawn] { map-near-zero }{ map-where }; { PERCENT($concentration) } of the weight lies in a tenth of the picture{ map-positive }{ map-faint }
 }
map-near-zero = { $near_zero ->
    [yes] all values are close to zero (at most { $raw_max });{" "}
   *[no] {""}
 }
map-where = { $spread_out ->
    [yes] spread over the whole picture, slightly more in the { place }{ map-greatest }
   *[no] { $has_greatest ->
        [yes] most weight, for and against, in the { place }{ map-greatest }
       *[no] strongest in the { place }
     }
 }
map-greatest = { $has_greatest ->
    [yes] , but the greatest value in the { $greatest }
   *[no] {""}
 }
map-positive = { $has_positive_share ->
    [yes] ; { PERCENT($positive_share) } of it is positive
   *[no] {""}
 }
map-faint = { $faint ->
    [yes] ; faint beside the other maps, whose limits it shares
   *[no] {""}
 }

## Pictures

picture = { $made ->
    [yes] Picture from { $has_method ->
        [yes] { $method }
       *[no] a method
     }{ for-target }{ $numbered ->
        [yes] , { $number } of { $count }
       *[no] {""}
     }: { $contrast ->
        [0] the same { light } shade everywhere
       *[other] on average { light } { colour }, contrast { $contrast } of 255, patterns about { $grain } pixels wide
     }.
   *[no] { The-picture }
 }
light = { $light ->
    [dark] dark
    [light] light
   *[medium] medium
 }
colour = { $colour ->
    [red] red
    [orange] orange
    [yellow] yellow
    [green] green
    [cyan] cyan
    [blue] blue
    [purple] purple
    [pink] pink
   *[grey] grey
 }
regions = { $shown ->
    [0] No region has any weight.
   *[other] { The-picture } with the { $shown } regions of the largest weights in { $has_method ->
        [yes] { $method }
       *[no] the map
     }{ for-target } outlined, numbered by weight: number 1, in the { place }, has { $largest }; { $positive } of them are positive.
 }
before = { The-picture }, before the change.
after = { The-picture } after { $has_method ->
    [yes] { $method }
   *[no] the change
 }: its values moved by { $mean_change } of 255 on average, by { $max_change } at most.
difference = { $changed ->
    [yes] What changed between before and after, { $shrunk ->
        [yes] drawn at { PERCENT($times) } of its size
       *[no] { $times } times enlarged
     }, grey where nothing did.
   *[no] The pictures before and after are the same.
 }

## Layers

layer = { $vector ->
    [yes] The { $channels } values of the layer { $layer }{ for-picture }, { $columns } to a row
   *[no] The { $channels } channels of the layer { $layer }{ for-picture }, { $height } by { $width } each, { $columns } to a row
 }; { layer-findings }.
for-picture = { $has_picture ->
    [yes] {" "}for { $picture }
   *[no] {""}
 }
layer-findings = { $state ->
    [not-finite] some are not finite numbers, so it is not drawn
    [zero] all of them are zero
   *[drawn] { $dead ->
        [0] none of them is
        [one] { $dead } of them is
       *[other] { $dead } of them are
     } { $vector ->
        [yes] zero
       *[no] zero everywhere
     }{ $ranked ->
        [largest] , number { $strongest }, counted from 0, is the largest
        [on-average] , number { $strongest }, counted from 0, is the strongest on average
       *[no] {""}
     }
 }

## Charts and data

# $x and $y are what the axes measure.
chart = { $has_method ->
    [yes] { $method }: { $curve ->
        [yes] line chart
       *[no] scatter chart
     }
   *[no] { $curve ->
        [yes] Line chart
       *[no] Scatter chart
     }
 }{ $has_y ->
    [yes] {" "}of { $y }
   *[no] {""}
 } over { $has_x ->
    [yes] { $x }
   *[no] x
 }, from { $low } to { $high }; { $series }{ $identity ->
    [yes] ; the diagonal is where the two are equal
   *[no] {""}
 }.
series = { $kind ->
    [empty] { $name } has no finite values
    [points] { points } of { $name }
    [correlated] { points } of { $name }, correlation { $correlation }
   *[line] { $name } goes from { $first } to { $last }, lowest { $least }, highest { $greatest }
 }
points = { $points ->
    [one] { $points } point
   *[other] { $points } points
 }
plane = { $has_method ->
    [yes] { $method }: scatter chart
   *[no] Scatter chart
 } with { $groups }.
group = { $is_line ->
    [yes] { $points ->
        [one] { $points } line
       *[other] { $points } lines
     }
   *[no] { points }
 } of { $name }
matrix = { $side } by { $side } matrix of correlations{ $has_highest ->
    [yes] ; highest { $highest }, of { $highest_first } and { $highest_second }
   *[no] {""}
 }{ $has_lowest ->
    [yes] ; lowest { $lowest }, of { $lowest_first } and { $lowest_second }
   *[no] {""}
 }.
bars = { $of ->
    [classes] Bars for the { $shown } most likely classes{ $has_value ->
        [yes] ; the first has a probability of { PERCENT($value) }
       *[no] {""}
     }
    [names] { $shown } bars{ $has_value ->
        [yes] ; the longest is that of { $first }, { $value }
       *[no] {""}
     }
   *[regions] Bars for the { $shown } regions with the largest weights{ $has_value ->
        [yes] ; the first has { $value }
       *[no] {""}
     }
 }.
text = A sentence of { $shown } words; the highest weight is that of '{ $highest }', { $highest_value }, the lowest that of '{ $lowest }', { $lowest_value }.
cloud = A cloud of { $shown } words, from the largest on; the first is '{ $highest }', { $highest_value }.
tree = A tree with { $questions } questions and { $leaves } leaves; the first asks for { $first }.
other = { $has_names ->
    [yes] { $names }
   *[no] Figure
 }.
