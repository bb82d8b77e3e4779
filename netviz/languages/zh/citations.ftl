# 文献的作者。
comma = 、
joined = { $first } 与 { $last }
and_others = { $authors } 等

# 文献中的哪一处，以其英文说法为名；英文说法写在各方法的声明里。

definition-3 = 定义 3
definitions-3-and-4 = 定义 3、4
equation-1 = 公式 1
equation-3 = 公式 3
equation-6 = 公式 6
equations-1-and-2 = 公式 1、2
equations-1-and-4 = 公式 1、4
equations-5-10-and-19 = 公式 5、10、19
equations-58-and-60 = 公式 58、60
equations-6-to-8 = 公式 6 至 8
figure-2 = 图 2
figure-3 = 图 3
section-10 = 第 10 节
section-10-3-and-table-10-1 = 第 10.3 节与表 10.1
section-2 = 第 2 节
section-2-1 = 第 2.1 节
section-3 = 第 3 节
section-3-2 = 第 3.2 节
section-3-4 = 第 3.4 节
section-4 = 第 4 节
section-4-1 = 第 4.1 节
section-4-2 = 第 4.2 节
section-III = 第 III 节
the-deletion-and-insertion-metrics = 删除与插入两种度量
the-model-parameter-randomization-test = 模型参数随机化检验
theorem-2 = 定理 2
