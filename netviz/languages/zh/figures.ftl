# 看不到图时代替图的话：图中每一种内容一句。

several = 共 { $count } 幅。第一幅：{ $first }
comma = ，
semicolon = ；

place = { $place ->
    [upper-left] 左上方
    [upper-centre] 上方
    [upper-right] 右上方
    [centre-left] 左侧
    [centre-right] 右侧
    [lower-left] 左下方
    [lower-centre] 下方
    [lower-right] 右下方
   *[centre] 中央
}

The-picture = { the-picture }
the-picture = { $has_picture ->
    [yes] { $picture }
   *[no] 图片
}
picture-named = { $has_picture ->
    [yes] 图片“{ $picture }”
   *[no] 图片
}
for-target = { $has_target ->
    [yes] 对“{ $target }”
   *[no] {""}
}
opening = { $has_method ->
    [yes] { $method }：
   *[no] {""}
}

## 解释图

map = { map-subject }：{ map-findings }。

map-subject = { $has_method ->
    [yes] { $method }
   *[no] 解释图
 }{ $has_target ->
    [yes] 对“{ $target }”的解释
   *[no] {""}
 }{ $numbered ->
    [yes] ，第 { $number } 幅（共 { $count } 幅）
   *[no] {""}
 }{ $laid ->
    [grid] ，以 { $height }×{ $width } 的原始网格叠加在{ picture-named }上
    [over] ，叠加在{ picture-named }上
    [on] { map-on }
   *[no] {""}
 }
map-on = { $has_picture ->
    [yes] （图片“{ $picture }”）
   *[no] {""}
 }
map-findings = { $state ->
    [zero] 处处为零，没有可看的内容
    [constant] 处处取同一个值，没有突出任何位置
    [not-finite] 含有非有限的数值，因此没有绘制
   *[drawn] { map-near-zero }{ map-where }；总量的 { PERCENT($concentration) } 集中在十分之一的面积里{ map-positive }{ map-faint }
 }
map-near-zero = { $near_zero ->
    [yes] 所有数值都接近零（最大不过 { $raw_max }）；
   *[no] {""}
 }
map-where = { $spread_out ->
    [yes] 遍布整幅图片，{ place }略强{ map-greatest }
   *[no] { $has_greatest ->
        [yes] 正负合计，{ place }分量最重{ map-greatest }
       *[no] 最强处在{ place }
     }
 }
map-greatest = { $has_greatest ->
    [yes] ，最大值却在{ $greatest }
   *[no] {""}
 }
map-positive = { $has_positive_share ->
    [yes] ；其中 { PERCENT($positive_share) } 为正
   *[no] {""}
 }
map-faint = { $faint ->
    [yes] ；与共用色标的其他解释图相比十分微弱
   *[no] {""}
 }

## 图片

picture = { $made ->
    [yes] { $has_method ->
        [yes] { $method }
       *[no] 某方法
     }给出的图片{ $has_target ->
        [yes] ，目标为“{ $target }”
       *[no] {""}
     }{ $numbered ->
        [yes] ，第 { $number } 幅（共 { $count } 幅）
       *[no] {""}
     }：{ $contrast ->
        [0] 各处都是同一种{ light }颜色
       *[other] 平均为{ light }{ colour }，对比度 { $contrast }（满幅 255），花纹宽约 { $grain } 像素
     }。
   *[no] { the-picture }
 }
light = { $light ->
    [dark] 深
    [light] 浅
   *[medium] 中等亮度的
 }
colour = { $colour ->
    [red] 红色
    [orange] 橙色
    [yellow] 黄色
    [green] 绿色
    [cyan] 青色
    [blue] 蓝色
    [purple] 紫色
    [pink] 粉红色
   *[grey] 灰色
 }
regions = { $shown ->
    [0] 没有一个区域有权重。
   *[other] { the-picture }，勾出{ $has_method ->
        [yes] { $method }
       *[no] {""}
     }{ for-target }权重最大的 { $shown } 个区域，按权重编号：1 号在{ place }，权重 { $largest }；其中 { $positive } 个为正。
 }
before = { the-picture }，改动之前。
after = { the-picture }，{ $has_method ->
    [yes] 经{ $method }
   *[no] {""}
 }改动之后：像素值平均变化 { $mean_change }，最多 { $max_change }（满幅 255）。
difference = { $changed ->
    [yes] 前后之差，以中灰为零，{ $shrunk ->
        [yes] 缩小到 { PERCENT($times) }
       *[no] 放大 { $times } 倍
     }。
   *[no] 前后两张图片完全相同。
 }

## 各层

layer = { $vector ->
    [yes] { $layer } 层的 { $channels } 个数值{ for-picture }，每行 { $columns } 格
   *[no] { $layer } 层的 { $channels } 个通道{ for-picture }，各为 { $height }×{ $width }，每行 { $columns } 个
 }；{ layer-findings }。
for-picture = { $has_picture ->
    [yes] （图片“{ $picture }”）
   *[no] {""}
 }
layer-findings = { $state ->
    [not-finite] 含有非有限的数值，因此没有绘制
    [zero] 全部为零
   *[drawn] { $dead ->
        [0] 没有一个
       *[other] 其中 { $dead } 个
     }{ $vector ->
        [yes] 为零
       *[no] 处处为零
     }{ $ranked ->
        [largest] ，最大的是第 { $strongest } 号（从 0 数起）
        [on-average] ，平均最强的是第 { $strongest } 号（从 0 数起）
       *[no] {""}
     }
 }

## 图表与数据

chart = { opening }{ $curve ->
    [yes] 折线图
   *[no] 散点图
 }，{ $has_x ->
    [yes] 横轴“{ $x }”，
   *[no] 横轴
 }从 { $low } 到 { $high }{ $has_y ->
    [yes] ，纵轴“{ $y }”
   *[no] {""}
 }；{ $series }{ $identity ->
    [yes] ；对角线表示两者相等
   *[no] {""}
 }。
series = { $kind ->
    [empty] { $name }没有有限的数值
    [points] { $name }有 { points }
    [correlated] { $name }有 { points }，相关系数 { $correlation }
   *[line] { $name }由 { $first } 变到 { $last }，最低 { $least }，最高 { $greatest }
 }
points = { $points } 个点
plane = { opening }散点图，{ $groups }。
group = { $name }有 { $points } { $is_line ->
    [yes] 段
   *[no] 个点
 }
matrix = { $side } 乘 { $side } 的相关系数方阵{ $has_highest ->
    [yes] ；最高为 { $highest_first } 与 { $highest_second } 的 { $highest }
   *[no] {""}
 }{ $has_lowest ->
    [yes] ；最低为 { $lowest_first } 与 { $lowest_second } 的 { $lowest }
   *[no] {""}
 }。
bars = 条形图：{ $of ->
    [classes] 最可能的 { $shown } 个类别{ $has_value ->
        [yes] ，首位的概率为 { PERCENT($value) }
       *[no] {""}
     }
    [names] { $shown } 项{ $has_value ->
        [yes] ，最长的是 { $first }，为 { $value }
       *[no] {""}
     }
   *[regions] 权重最大的 { $shown } 个区域{ $has_value ->
        [yes] ，首位为 { $value }
       *[no] {""}
     }
 }。
text = 一句话，共 { $shown } 个词；权重最高的是 { $highest }（{ $highest_value }），最低的是 { $lowest }（{ $lowest_value }）。
cloud = 词云，共 { $shown } 个词，从大到小排列；最大的是 { $highest }（{ $highest_value }）。
tree = 决策树，共 { $questions } 个问题、{ $leaves } 个叶子；第一个问题问的是{ $first }。
other = { $has_names ->
    [yes] { $names }
   *[no] 图
 }。
